"""Registry entries: every file of bad_config is refused with exactly the lines at its head, every
file of good_config is read, and the published schema says the same of both."""

import json
from pathlib import Path

import jsonschema
import pytest

from probing import reading_auth, reading_expect
from probing.endpoint import AuthKind, Endpoint
from probing.kind import ProbeKind
from probing.probes import BY_KIND
from probing.registration import READERS, duplicates, parse
from reasoning.document import load, read_endpoint

ROOT = Path(__file__).resolve().parents[2]
BAD = sorted((ROOT / "tests" / "bad_config").iterdir())
GOOD = sorted((ROOT / "tests" / "good_config").iterdir())
SCHEMA = jsonschema.Draft202012Validator(
    json.loads((ROOT / "docs" / "endpoint.schema.json").read_text(encoding="utf-8"))
)
BEYOND_THE_SCHEMA = {
    "address_loopback": "an address in a network",
    "address_short_form": "a number read as an address",
    "address_with_port": "an IPv6 address has colons too",
    "auth_oauth2_loopback": "an address in a network",
    "body_matches_no_pattern": "a pattern compiled",
    "ca_cut_short": "a certificate read",
    "json_function": "an expression taken apart",
    "json_no_path": "an expression taken apart",
    "message_matches_no_pattern": "a pattern compiled",
    "resolves_to_bad_cidr": "a CIDR with host bits",
    "status_range_backwards": "two numbers compared",
    "url_credential_in_query": "a query taken apart",
    "url_dns_localhost": "a name that means the canary",
    "url_embedded_address": "an address unwrapped",
    "url_instance_metadata": "an address in a network",
    "url_localhost": "a name that means the canary",
    "url_loopback": "an address in a network",
    "url_short_address": "a number read as an address",
}
"""Mistakes that a JSON Schema cannot see: the parser alone refuses them."""


def read(path: Path) -> tuple[Endpoint | None, list[str]]:
    text = path.read_text(encoding="utf-8")
    endpoint, problems = read_endpoint(text, source="", default_id=path.stem)
    return endpoint, [str(problem).removeprefix(":").lstrip() for problem in problems]


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_mistake_is_told_with_its_line_and_how_to_mend_it(path: Path) -> None:
    wanted = [
        line.removeprefix("# ")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("# ")
    ]
    assert wanted, "the head of the file says what must be told"
    assert read(path) == (None, wanted)


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_no_problem_repeats_what_could_be_a_credential(path: Path) -> None:
    assert "hunter2" not in " ".join(read(path)[1])


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_good_entry_is_read(path: Path) -> None:
    endpoint, problems = read(path)
    assert endpoint is not None
    assert not problems


@pytest.mark.parametrize("path", BAD + GOOD, ids=lambda path: path.stem)
def test_the_published_schema_agrees_with_the_parser(path: Path) -> None:
    document = load(path.read_text(encoding="utf-8"), path.name)
    if document.problems:
        return  # no YAML mapping: there is nothing that a schema could judge
    valid = SCHEMA.is_valid(document.data)
    assert valid == (path in GOOD or path.stem in BEYOND_THE_SCHEMA)


def test_the_schema_lists_the_keys_that_the_parser_reads() -> None:
    assert set(SCHEMA.schema["properties"]) == set(READERS)


@pytest.mark.parametrize("kind", BY_KIND.values(), ids=lambda kind: kind.name)
def test_the_schema_gives_each_kind_of_probe_the_keys_that_the_parser_gives_it(
    kind: ProbeKind,
) -> None:
    schemes = "|".join(sorted(kind.schemes))
    [then] = (
        rule["then"]
        for rule in SCHEMA.schema["allOf"]
        if rule["if"]["properties"].get("url", {}).get("pattern") == f"^({schemes}):"
    )
    assert set(then["propertyNames"]["enum"]) == kind.all_keys
    assert set(then["properties"]["expect"]["propertyNames"]["enum"]) == kind.all_expects


def test_the_schema_lists_the_keys_of_auth_and_expect() -> None:
    published = SCHEMA.schema["properties"]
    assert set(published["auth"]["properties"]) == set(reading_auth.READERS)
    assert set(published["expect"]["properties"]) == set(reading_expect.READERS)


def test_every_kind_of_probe_and_of_credential_has_an_example() -> None:
    endpoints = [endpoint for path in GOOD if (endpoint := read(path)[0])]
    assert {endpoint.kind for endpoint in endpoints} == set(BY_KIND)
    assert {e.auth.kind for e in endpoints if e.auth} == set(AuthKind)
    assert any(e.auth and e.client_certificate for e in endpoints)


def test_an_expected_header_is_found_however_it_is_written() -> None:
    raw = {"url": "https://a.example", "expect": {"headers": {"X-Served-By": "edge"}}}
    endpoint, _ = parse(raw, source="", default_id="a")
    assert endpoint is not None
    assert [rule.at for rule in endpoint.expect.headers] == ["x-served-by"]


def test_all_problems_are_told_at_once_and_go_to_the_entrys_owner() -> None:
    raw = {"ulr": "https://api.example.com", "severity": "bad", "owner": "payments"}
    endpoint, problems = parse(raw, source="ssm", default_id="orders")
    assert endpoint is None
    assert {problem.path for problem in problems} == {"ulr", "url", "severity"}
    assert {problem.owner for problem in problems} == {"payments"}


def test_the_example_means_what_it_says() -> None:
    endpoint, _ = read(ROOT / "tests" / "good_config" / "whole.yaml")
    assert endpoint is not None
    assert (endpoint.id, endpoint.kind, endpoint.owner) == ("orders-api", "https", "payments")
    assert endpoint.expect.status == ((200, 200), (204, 206))
    assert endpoint.expect.latency_ms == 2000
    assert endpoint.page_after_seconds == 300
    assert endpoint.from_vpcs == ("vpc-0123456789abcdef0", "vpc-0a1b2c3d")
    assert endpoint.auth is not None
    assert (endpoint.auth.header, endpoint.auth.secret) == (
        "x-api-key",
        "ssm:/gatewatch/secrets/orders",
    )


def test_an_entry_without_a_name_is_called_after_where_it_stands() -> None:
    endpoint, _ = parse({"url": "http://10.0.0.5/"}, source="ssm:/x/ledger", default_id="ledger")
    assert endpoint is not None
    assert (endpoint.id, endpoint.kind) == ("ledger", "http")


def test_two_entries_of_one_name_are_a_problem_of_the_second() -> None:
    both = [parse({"name": "a", "url": "https://a.example"}, source=s)[0] for s in ("one", "two")]
    problems = duplicates([endpoint for endpoint in both if endpoint])
    assert [problem.source for problem in problems] == ["two"]
    assert "one" in problems[0].what


def test_a_text_of_more_values_than_can_be_read_is_refused() -> None:
    text = "url: [" + "1," * 100 + "]"
    [problem] = load(text, "x", most_values=50).problems
    assert "more values" in problem.what
    assert load(text, "x", most_values=103).problems == ()


def test_a_word_that_yaml_takes_for_a_date_stays_text() -> None:
    assert load("service: 2026-11-21", "x").data == {"service": "2026-11-21"}
