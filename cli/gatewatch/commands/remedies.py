"""What a failure means in plain words, and what to try first: for a person at a terminal."""

from collections.abc import Mapping

from probing.outcome import Failure

WORDS: Mapping[Failure, tuple[str, str]] = {
    Failure.DNS_NXDOMAIN: (
        "the name server says that this name does not exist",
        "check the spelling; in a VPC, check whether a private zone or an endpoint's private DNS "
        "covers the domain and hides the public name",
    ),
    Failure.DNS_NODATA: (
        "the name exists but has no address",
        "check the record's type, and where its CNAME chain ends",
    ),
    Failure.DNS_SERVFAIL: (
        "the name server failed to find an answer",
        "check forwarding rules, the zone's own name servers, and DNSSEC",
    ),
    Failure.DNS_REFUSED: (
        "the name server will not answer us",
        "check /etc/resolv.conf or the VPC's DHCP options, and a DNS firewall",
    ),
    Failure.DNS_TIMEOUT: (
        "the name server does not answer",
        "check /etc/resolv.conf or the VPC's DHCP options, and whether the way to it is open",
    ),
    Failure.CONNECT_TIMEOUT: (
        "nothing comes back from the address",
        "check security groups, network ACLs and routes on the way; a filter that drops looks "
        "like this",
    ),
    Failure.CONNECT_REFUSED: (
        "the host is there, but nothing listens at the port",
        "check the port, and whether the service runs",
    ),
    Failure.CONNECT_UNREACHABLE: (
        "there is no way to the address from here",
        "check the route table of the subnet; an IPv6-only answer needs IPv6 here",
    ),
    Failure.CONNECT_RESET: (
        "the connection was reset while it was made",
        "check firewalls and load balancers on the way",
    ),
    Failure.TLS_NAME_MISMATCH: (
        "the certificate is of another name: somebody else answered",
        "compare the address with where the name should lead; look with --pin at that address",
    ),
    Failure.TLS_EXPIRED: (
        "the certificate is not valid at this time",
        "renew it; check this machine's clock",
    ),
    Failure.TLS_UNTRUSTED: (
        "the certificate is of an authority that is not trusted here",
        "serve the whole chain; for a private authority give --ca-file",
    ),
    Failure.TLS_HANDSHAKE_REFUSED: (
        "the peer refused the TLS handshake",
        "check TLS versions, a client certificate that it may want, and that the port speaks TLS",
    ),
    Failure.TLS_RESET: (
        "the peer closed the connection during the TLS handshake",
        "check that the port speaks TLS, and whether it knows this server name (--server-name)",
    ),
    Failure.TLS_TIMEOUT: (
        "the TLS handshake was not finished in time",
        "a path that drops large packets looks like this: check the MTU; check the peer's load",
    ),
    Failure.HTTP_STATUS: (
        "the answer's status is not an expected one",
        "the headers above tell who answered; give --status when this one is right",
    ),
    Failure.HTTP_ASSERTION: (
        "the answer is not what was expected",
        "compare the body above with the expectation",
    ),
    Failure.HTTP_TIMEOUT: (
        "no complete answer came in time",
        "check the service behind the load balancer or gateway; give --timeout for a slow one",
    ),
    Failure.HTTP_MALFORMED: (
        "what came back is not HTTP",
        "check the port and the scheme: https:// or http://",
    ),
    Failure.HTTP_RESET: (
        "the peer closed the connection before its answer was complete",
        "check for crashes and idle time-outs of the service and of load balancers before it",
    ),
    Failure.DNS_ASSERTION: (
        "the name server answers something else than expected",
        "look at who changed the record or the zone; or mend `expect`",
    ),
    Failure.CONNECT_REACHED: (
        "it can be reached, although it must not be",
        "look at security groups, routes and policies that were opened",
    ),
    Failure.TLS_NOT_YET_VALID: (
        "the certificate is not valid yet",
        "look at when it was issued, and at the peer's clock",
    ),
    Failure.TLS_VERSION: (
        "no TLS version in common: the peer speaks an old one only",
        "turn TLS 1.2 or later on at the peer",
    ),
    Failure.TLS_ASSERTION: (
        "the TLS connection is not as expected",
        "renew the certificate, or mend `expect`",
    ),
    Failure.TOO_SLOW: (
        "it answers as expected, but slower",
        "the times above tell which stage took long",
    ),
    Failure.MESSAGE_TIMEOUT: (
        "no message came in time",
        "look at the integration behind the route that the message takes",
    ),
    Failure.MESSAGE_ASSERTION: (
        "the message is not as expected",
        "look at the integration behind the route that the message takes",
    ),
    Failure.MESSAGE_CLOSED: (
        "the peer closed before its message came",
        "look at the integration behind the route that the message takes",
    ),
    Failure.CONTROL_FAILED: (
        "the prober did not prove itself on its own servers",
        "nothing is known of the endpoint: look at the clock and the memory of the machine",
    ),
    Failure.OUR_LOAD: (
        "the peer asked for fewer requests, and ours may be the ones too many",
        "ask its owner for a larger quota, or lower `MaxRate`",
    ),
    Failure.PATTERN_TIMEOUT: (
        "the pattern takes too long to match",
        "write it without repeats inside repeats",
    ),
    Failure.GUARD_REFUSED: (
        "Gatewatch never connects to this address, so no connection was made",
        "name a host that is not this machine itself or one of its metadata services",
    ),
    Failure.OUT_OF_TIME: ("the look ended first", "look again, or give a longer --timeout"),
    Failure.CANARY_ERROR: (
        "the look itself failed; this says nothing about the endpoint",
        "the detail above names the error",
    ),
    Failure.CREDENTIAL: (
        "the credential cannot be sent",
        "check it for line breaks and characters outside Latin-1",
    ),
}
