"""The search finds what is there: a leak test whose search is blind would prove nothing."""

import base64
import gzip
import json
import zlib

import pytest

from tests.leaks.search import Search

SECRET = 'Zq9"\\+/=&<%é 0123456789abcdefXYZw'


def base64_within(before: bytes) -> bytes:
    return base64.b64encode(before + SECRET.encode() + b", and more")


@pytest.mark.parametrize(
    "artefact",
    [
        SECRET,
        f"before {SECRET} after",
        json.dumps({"a": {"b": SECRET}}),
        json.dumps(json.dumps({"a": SECRET})),
        repr({"a": SECRET}),
        base64_within(b""),
        base64_within(b"x"),
        base64_within(b"xy"),
        base64_within(b"xyz"),
        base64.urlsafe_b64encode(b"ab" + SECRET.encode()),
        SECRET.encode().hex(),
        SECRET.encode().hex().upper(),
        gzip.compress(SECRET.encode(), mtime=0),
        b"head" + zlib.compress(gzip.compress(SECRET.encode(), mtime=0)),
        SECRET.encode("utf-16-le"),
    ],
    ids=lambda artefact: repr(artefact)[:30],
)
def test_a_secret_is_found_in_every_encoding(artefact):
    search = Search({"s": SECRET})
    search.look_in("here", artefact)
    assert search.hits and search.artefacts == 1


@pytest.mark.parametrize(
    "artefact", ["", "***", SECRET[:16], gzip.compress(b"nothing", mtime=0), b"\x1f\x8b"]
)
def test_what_is_no_secret_is_no_hit(artefact):
    search = Search({"s": SECRET})
    search.look_in("here", artefact)
    assert not search.hits
