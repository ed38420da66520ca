"""What another resolver says of a host, asked where something failed: evidence of whose fault.

dnspython asks here and not our own reader of answers (docs/adr/0005): should that one be wrong,
the two disagree, and the outcome shows it. It is imported by the first failure.
"""

from probing.deadline import Deadline
from probing.resolve import NameServer
from probing.target import ascii_host

_SECONDS = 1.0
_SHOWN = 8


def second(host: str, server: NameServer, deadline: Deadline) -> str:
    """`address: what it says`, in words; never raises for what a resolver says or does not."""
    within = Deadline.after(deadline.clock, _SECONDS, within=deadline)
    if within.passed:
        return ""
    return f"{server}: {_said(host, server, within)}"


def _said(host: str, server: NameServer, within: Deadline) -> str:
    import dns.exception
    import dns.rcode
    import dns.resolver

    asking = dns.resolver.Resolver(configure=False)
    asking.nameservers, asking.port = [server.address], server.port
    try:
        found = asking.resolve_name(ascii_host(host), lifetime=within.remaining_seconds())
    except dns.resolver.NXDOMAIN:
        return "NXDOMAIN"
    except dns.resolver.NoAnswer:
        return "no address"
    except dns.exception.Timeout:
        return "no answer"
    except dns.resolver.NoNameservers as error:
        answers = [tried[4] for tried in error.kwargs.get("errors", ()) if tried[4] is not None]
        return dns.rcode.to_text(answers[-1].rcode()) if answers else "no answer that can be used"
    except (dns.exception.DNSException, OSError, ValueError) as error:
        return f"no answer that can be used ({type(error).__name__})"
    return ", ".join(list(found.addresses())[:_SHOWN])
