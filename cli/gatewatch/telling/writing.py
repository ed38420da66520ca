"""The report as people read it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from reasoning.clocktext import lasting
from reasoning.escape import outside, plain
from reasoning.report import Page, Report

_PAGES = 50
_DAY = 86400.0


def as_text(report: Report) -> str:
    """The whole report; at most 50 pages of it, the last ones."""
    parts = [list(_totals(report))]
    if report.owners:
        parts.append(list(_by_owner(report)))
    if report.pages:
        parts += [list(_pages(report)), list(_noisiest(report))]
    if report.suggestions:
        parts.append(list(_suggested(report)))
    return "\n\n".join("\n".join(part) for part in parts)


def minute(at: float) -> str:
    """2026-11-21 10:04Z"""
    return datetime.fromtimestamp(at, tz=UTC).strftime("%Y-%m-%d %H:%MZ")


def table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows in columns; the first row is the head."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def _totals(report: Report) -> Iterator[str]:
    long = report.until_at - report.since_at
    period = f"{long / _DAY:.3g} days" if long >= 2 * _DAY else lasting(long)
    yield f"{minute(report.since_at)} to {minute(report.until_at)} ({period})"
    rang, withheld = len(report.pages) - report.withheld, report.withheld
    yield (
        f"{_count(len(report.pages), 'page')}: {rang} rang, {withheld} would have (withheld: "
        f"observe); {_count(report.incidents, 'incident')} began, {report.open} open, "
        f"{report.in_chat} told in chat alone, {report.untold} over before they were told"
    )
    if not report.pages:
        return
    share = 100 * report.explained / len(report.pages)
    line = f"{report.explained} of {len(report.pages)} pages ({share:.0f} %) name a change that is "
    yield line + "proven or likely"
    if report.blame_median_seconds is not None and report.blame_most_seconds is not None:
        yield (
            "from the first bad probe to a named change: median "
            f"{lasting(report.blame_median_seconds)}, at most {lasting(report.blame_most_seconds)}"
        )


def _by_owner(report: Report) -> Iterator[str]:
    rows = [("Owner", "Pages", "Explained", "Incidents", "Longest")]
    rows += [
        (
            outside(one.owner, 40),
            str(one.pages),
            str(one.explained),
            str(one.incidents),
            lasting(one.longest_seconds) if one.longest_seconds else "-",
        )
        for one in report.owners
    ]
    yield from table(rows)


def _pages(report: Report) -> Iterator[str]:
    shown = report.pages[-_PAGES:]
    head = ("Page", "Owner", "What", "Why", "Change", "Lasted", "Incident", "")
    yield from table([head, *(_row(page) for page in shown)])
    if len(shown) < len(report.pages):
        yield f"and {len(report.pages) - len(shown)} earlier ones: --json has all"


def _row(page: Page) -> tuple[str, ...]:
    more = f" +{page.more_endpoints}" if page.more_endpoints > 0 else ""
    change = f"{page.confidence} {plain(page.change, 40)}" if page.change else "none known"
    return (
        minute(page.at),
        outside(", ".join(page.owners), 40),
        f"{page.reason} {outside(page.endpoint, 40)}{more} from {plain(page.vpc_id, 24)}",
        page.cause,
        change,
        lasting(page.lasted_seconds) if page.lasted_seconds is not None else "open",
        page.incident,
        f"withheld: {page.withheld}" if page.withheld else "rang",
    )


def _noisiest(report: Report) -> Iterator[str]:
    rows = [("Noisiest", "Pages")]
    rows += [(outside(name, 60), str(count)) for name, count in report.endpoints]
    yield from table(rows)


def _suggested(report: Report) -> Iterator[str]:
    yield "Suggestions"
    for one in report.suggestions:
        yield f"- {outside(one.do, 200)}: {outside(one.why, 200)}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
