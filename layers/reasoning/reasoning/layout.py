"""Lines of a page: a label column, wrapped text, a cap on lines."""

import textwrap
from dataclasses import dataclass

WIDTH = 115
FIRST = 110
LINES = 15
_LABEL = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """`label` and its text; `verbatim` lines follow below and are never wrapped or cut (a command
    cut in two is a wrong command). `lines` caps the wrapped text."""

    label: str
    text: str
    verbatim: tuple[str, ...] = ()
    lines: int = 2


def first_line(head: str, name: str, tail: str) -> str:
    """`head name tail` in at most `FIRST` characters: the name gives way."""
    room = FIRST - len(head) - len(tail) - 2
    shown = name if len(name) <= room else name[: max(1, room - 1)] + "…"
    return f"{head} {shown} {tail}"[:FIRST]


def page(first: str, sections: list[Section]) -> str:
    """The text: `first`, then the sections, at most `LINES` lines; later sections give way to a
    single line each before anything is left out."""
    kept = [section for section in sections if section.text or section.verbatim]
    rows = [_rows(section, section.lines) for section in kept]
    spare = LINES - 1 - sum(len(row) for row in rows)
    for number in reversed(range(len(rows))):
        if spare >= 0:
            break
        short = _rows(kept[number], 1)
        spare += len(rows[number]) - len(short)
        rows[number] = short
    lines = [first, *(line for row in rows for line in row)]
    return "\n".join(lines[:LINES])


def _rows(section: Section, most: int) -> list[str]:
    indent = " " * _LABEL
    wrapped = textwrap.wrap(
        section.text,
        width=WIDTH,
        initial_indent=f"{section.label:<{_LABEL}}",
        subsequent_indent=indent,
        max_lines=most,
        placeholder=" …",
        break_long_words=True,
        break_on_hyphens=False,
    )
    return [*wrapped, *(indent + line for line in section.verbatim)]
