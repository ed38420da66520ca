"""A small budget of `make leaks`; and a leak of each kind, made on purpose, is found."""

import html
import logging
import os

import pytest

from tests.leaks import renderings
from tests.leaks.campaign import prepared
from tests.leaks.haul import Haul, listening
from tests.leaks.markers import Kind
from tests.leaks.search import Search
from tests.leaks.whole import leaks

SECRET = "Zq9x7Lw2Kd4Rt8Yp1Vb6Nm3Hs5Gf0Jc"


@pytest.fixture
def haul():
    return Haul(Search({"s": SECRET}))


def kinds_hit(haul):
    return {where.split(" of ")[0] for where, _, _ in haul.search.hits}


@pytest.mark.timeout(400)
def test_no_secret_comes_out_anywhere(tmp_path):
    found = leaks(tmp_path, seed=7, every=29)
    assert not found.search.hits, found.search.hits[:20]
    assert found.search.artefacts > 10_000
    assert min(found.kinds[kind] for kind in ("log record", "table item", "bus entry")) > 100


def test_a_secret_in_the_registry_is_found_in_all_that_a_member_says_and_keeps(tmp_path):
    with prepared(tmp_path, seed=1) as campaign:
        campaign.haul.search.know("s", SECRET)
        port = campaign.ports.https
        told = Kind(name="odd", auth={})
        entry = {"url": f"https://api.example:{port}/e/0/0?{SECRET}"}
        campaign.run("leaky", [told], {"leaky": entry})
    wanted = {"outcome", "outcome as text", "step", "canary's answer", "table item, unpacked"}
    assert wanted | {"bus entry", "rendering"} <= kinds_hit(campaign.haul)


@pytest.mark.parametrize(
    "say",
    [
        lambda log: log.debug("%s", SECRET),
        lambda log: log.info("x", extra={"told": {"deep": [SECRET]}}),
        lambda log: log.warning(SECRET.encode().hex()),
        lambda log: log.error("x", exc_info=ValueError(SECRET)),
    ],
    ids=["argument", "attribute", "hex", "traceback"],
)
def test_a_secret_in_a_log_record_is_found(haul, say):
    with listening(haul):
        say(logging.getLogger("checker.look"))
    assert kinds_hit(haul) == {"log record"}


def test_a_key_file_and_an_open_one_in_memory_are_found(haul, tmp_path):
    (tmp_path / "client-x").write_text(SECRET)
    with os.fdopen(os.memfd_create("client"), "w") as held:
        held.write(SECRET)
        held.flush()
        haul.files(tmp_path, "x")
    assert kinds_hit(haul) == {"file", "descriptor"}


def test_a_rendering_that_shows_a_secret_is_found(haul):
    renderings.written(haul, Search({"s": SECRET}).secrets)
    assert kinds_hit(haul) == {"rendering"}


def test_texts_that_json_would_disguise_are_searched_as_they_are():
    found = Haul(Search({"s": "a'b&c<d>e/0123456789abcdefghijk\\x"}))
    found.json("step", "x", {"detail": html.escape(found.search.secrets["s"])})
    assert found.search.hits
