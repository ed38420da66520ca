"""The DNS suffix of AWS's own names by Region. Source: botocore's data/partitions.json,
which a test holds this against."""

SUFFIXES = (
    ("cn-", "amazonaws.com.cn"),
    ("us-iso-", "c2s.ic.gov"),
    ("us-isob-", "sc2s.sgov.gov"),
    ("us-isof-", "csp.hci.ic.gov"),
    ("eu-isoe-", "cloud.adc-e.uk"),
    ("eusc-", "amazonaws.eu"),
)


def dns_suffix(region: str) -> str:
    """`amazonaws.com` where nothing else is known."""
    found = (suffix for prefix, suffix in SUFFIXES if region.startswith(prefix))
    return next(found, "amazonaws.com")
