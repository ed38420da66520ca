"""The targets: each address, by each way on which it could come to be connected to."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count

from probing.endpoint import Endpoint
from probing.wire import Probe
from tests.guard import corpus, names
from tests.guard.trap import PORTS, redirect_path
from tests.zoo.names import Behaviour, addresses

DOMAIN = "guard.example"
GOOD, GOOD_V6 = "10.9.9.9", "fd12:3456::9"
_REDIRECTS = (301, 302, 307, 308)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A kind of probe that connects, with a scheme that stands for it."""

    kind: str
    scheme: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One probe, aimed at `aim` on `vector`. `refusable`: nothing but the guard's "no" is right,
    as no allowed address is in it. `proxy`: what the proxy variables are set to meanwhile."""

    vector: str
    aim: str
    allowed: bool
    probe: Probe
    zone: dict[str, Behaviour] = field(default_factory=dict)
    refusable: bool = True
    proxy: str = ""


class Makers:
    """Makes targets; ways and ports by chance, the same in every run."""

    def __init__(self, ways: Iterable[Way]) -> None:
        self._ways = tuple(ways)
        self._chance = random.Random(1)
        self._number = count(1)

    def url(self, vector: str, aim: str, allowed: bool, text: str = "", **given: object) -> Target:
        """`aim` as the URL's host, spelled `text`."""
        return self._made(vector, aim, allowed, text or _bracketed(aim), "/", **given)

    def pin(self, aim: str, allowed: bool) -> Target:
        probe = Probe(endpoint=self._endpoint(self._name(), "/"), pin=aim)
        return Target(vector="pin", aim=aim, allowed=allowed, probe=probe)

    def name(
        self, vector: str, aim: str, allowed: bool, said: Behaviour, **given: object
    ) -> Target:
        """A name whose resolver says `said`."""
        name = self._name()
        return self._made(vector, aim, allowed, name, "/", zone={name: said}, **given)

    def address(self, vector: str, aim: str, allowed: bool, text: str, **given: object) -> Target:
        """`text` as the `address` to connect to instead of a harmless host."""
        return self._made(vector, aim, allowed, GOOD, "/", text, **given)

    def redirect(self, aim: str, code: int, location: str) -> Target:
        path = redirect_path(code, location)
        return self._made(f"redirect {code}", aim, False, GOOD, path, refusable=False)

    def whole(self, vector: str, aim: str, url: str) -> Target:
        """The whole URL as it is; what is right depends on who reads it."""
        kind = self._chance.choice(self._ways).kind
        endpoint = Endpoint(id=f"t{next(self._number)}", url=url, kind=kind)
        probe = Probe(endpoint=endpoint)
        return Target(vector=vector, aim=aim, allowed=False, probe=probe, refusable=False)

    def scheme(self) -> str:
        return self._chance.choice(self._ways).scheme

    def _made(
        self,
        vector: str,
        aim: str,
        allowed: bool,
        host: str,
        path: str,
        address: str = "",
        **given: object,
    ) -> Target:
        probe = Probe(endpoint=replace(self._endpoint(host, path), address=address))
        return Target(vector=vector, aim=aim, allowed=allowed, probe=probe, **given)

    def _endpoint(self, host: str, path: str) -> Endpoint:
        way, port = self._chance.choice(self._ways), self._chance.choice(PORTS)
        url = f"{way.scheme}://{host}:{port}{path}"
        return Endpoint(id=f"t{next(self._number)}", url=url, kind=way.kind)

    def _name(self) -> str:
        return f"n{next(self._number)}.{DOMAIN}"


def _bracketed(literal: str) -> str:
    return f"[{literal}]" if ":" in literal else literal


def forbidden(ways: Iterable[Way]) -> Iterator[Target]:
    """Every forbidden literal on every vector, and what texts and URLs make of the plain ones."""
    make = Makers(ways)
    for aim in (*corpus.forbidden_literals(), *corpus.WITH_ZONE):
        yield make.url("literal", aim, False)
        yield make.pin(aim, False)
        yield make.address("address", aim, False, aim)
    for aim in corpus.forbidden_literals():
        yield from _by_name(make, aim)
    for aim in (*corpus.FORBIDDEN_V4, *corpus.FORBIDDEN_V6):
        yield from (make.url("odd port", aim, False) for _ in PORTS)
        yield from (make.redirect(aim, code, f"http://{_bracketed(aim)}/") for code in _REDIRECTS)
        proxy = f"http://{_bracketed(aim)}:8080"
        yield from (
            make.url("proxy", aim, False, GOOD, refusable=False, proxy=proxy) for _ in range(4)
        )
    for aim in corpus.FORBIDDEN_V4:
        for text in corpus.spellings(aim):
            yield make.url("spelling", aim, False, text, zone=_evil(text, aim))
            yield make.redirect(aim, 302, f"//{text}/")
            # A tab makes a name of no address: DNS may say that there is none.
            sure, zone = text.isprintable(), _evil(text, aim)
            yield make.address("address spelled", aim, False, text, refusable=sure, zone=zone)
        for url in corpus.urls_astray(make.scheme(), aim, GOOD):
            yield make.whole("URL astray", aim, url)


def _by_name(make: Makers, aim: str) -> Iterator[Target]:
    bad, good = addresses(aim, ttl=0), addresses(GOOD, GOOD_V6, ttl=0)
    far = addresses(aim, chain=(f"a.{DOMAIN}", f"b.{DOMAIN}", "c.example.net"))
    mixed = addresses(aim, GOOD, aim, "203.0.113.9", GOOD_V6)
    each = (names.turning(good, bad), names.then(good, bad, 2), names.turning(bad, good))
    yield make.name("answer", aim, False, bad)
    yield make.name("CNAME chain", aim, False, far)
    yield make.name("among allowed", aim, False, mixed, refusable=False)
    for said in each:
        yield make.name("rebinding", aim, False, said, refusable=False)


def _evil(text: str, aim: str) -> dict[str, Behaviour]:
    """Where a text can be asked of DNS, its answer is what the text stands for."""
    try:
        name = text.encode("idna").decode("ascii").lower().rstrip(".")
    except ValueError:
        return {}
    return {name: addresses(aim)}


def allowed(ways: Iterable[Way]) -> Iterator[Target]:
    """What must be connected to: each literal in a URL, pinned and as a name server's answer."""
    make = Makers(ways)
    for aim in corpus.allowed_literals():
        yield make.url("literal", aim, True)
        yield make.pin(aim, True)
        yield make.address("address", aim, True, aim)
        yield make.name("answer", aim, True, addresses(aim))
        yield make.name("CNAME chain", aim, True, addresses(aim, chain=(f"a.{DOMAIN}",)))
