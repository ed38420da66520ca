"""A question to the name server of the VPC: `dns:api.example.com?type=TXT` (RFC 4501).

Without a type the addresses are asked for, A and AAAA; they are those that every look resolves
anyway.
"""

from ipaddress import ip_address, ip_network

from probing import failures
from probing.attempt import Attempt, Seen
from probing.endpoint import Expect
from probing.failures import Told
from probing.kind import ProbeKind
from probing.outcome import Failure, Stage, Step
from probing.records import Records, query

NO_RECORDS = "NODATA"
"""What `expect.rcode` calls an answer NOERROR without any record of the type (RFC 2308)."""


def probe(attempt: Attempt) -> Seen:
    """One resolve step, its records in the evidence."""
    endpoint, found = attempt.endpoint, attempt.resolution
    if endpoint.record:
        told = query(endpoint.host, endpoint.record, attempt.name_servers, attempt.deadline)
    elif found is not None:
        told = Records(
            rcode=found.rcode,
            records=found.addresses,
            ttl_seconds=found.ttl_seconds,
            name_server=found.name_server,
            elapsed_ms=found.elapsed_ms,
            failure=found.failure,
            detail=found.detail,
        )
    else:
        told = Records(failure=Failure.CANARY_ERROR, detail="nothing was resolved")
    wrong = judge(endpoint.expect, told, as_text=endpoint.record == "TXT")
    if wrong and wrong[0] is Failure.DNS_TIMEOUT and attempt.deadline.cut_short:
        wrong = (Failure.OUT_OF_TIME, f"the look ran out of time: {wrong[1]}")
    evidence = {
        "rcode": told.rcode,
        "records": list(told.records),
        "ttl_seconds": told.ttl_seconds,
        "name_server": told.name_server,
    }
    step = Step(
        stage=Stage.RESOLVE,
        elapsed_ms=told.elapsed_ms,
        failure=wrong[0] if wrong else None,
        detail=wrong[1] if wrong else "",
        evidence=evidence,
    )
    return Seen(steps=(step,))


def judge(expect: Expect, told: Records, *, as_text: bool = False) -> Told | None:
    """What the answer does not meet; None when it is as expected.

    Every record must be one of `answers`, or lie in a CIDR of them; there must be at least one,
    unless the rcode expected says otherwise. `as_text`: sign for sign, as TXT records are read.
    """
    if not told.rcode and told.failure is not None:
        return told.failure, told.detail
    said = NO_RECORDS if told.rcode == "NOERROR" and not told.records else told.rcode
    if expect.rcode is not None and expect.rcode != "NOERROR":
        if said == expect.rcode:
            return None
        return Failure.DNS_ASSERTION, f"the name server answered {said}, expected {expect.rcode}"
    failure = failures.of_rcode(told.rcode, addresses=bool(told.records))
    if failure is not None:
        return failure, told.detail or f"the name server answered {said}"
    met = _is_one_of if as_text else _meant
    strange = [record for record in told.records if not met(record, expect.answers)]
    if expect.answers and strange:
        return Failure.DNS_ASSERTION, f"the answer holds {', '.join(strange[:3])}"
    return None


def _is_one_of(record: str, answers: tuple[str, ...]) -> bool:
    return record in answers


def _meant(record: str, answers: tuple[str, ...]) -> bool:
    if record.rstrip(".").lower() in {answer.rstrip(".").lower() for answer in answers}:
        return True
    return any(_inside(record, answer) for answer in answers)


def _inside(record: str, cidr: str) -> bool:
    try:
        return ip_address(record) in ip_network(cidr, strict=False)
    except ValueError:
        return False  # one of the two is no address: another type of record, or a plain text


KIND = ProbeKind(
    name="dns",
    schemes={"dns": 53},
    probe=probe,
    expects=frozenset({"rcode", "answers"}),
    needs_address=False,
)
