"""The charts that the page holds before any script runs: the timeline as SVG, and fields by years as a table of shades."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from pipelines.explorer.content import Row

STATUSES = ("occurred", "ongoing", "planned", "hypothetical", "denied")
_WIDTH, _HEIGHT, _BASE = 960, 160, 136
_LABELS = 12
_SHADES = 5
_NEAR = 6
"""events within so many units of the drawing are one mark"""
_UNREAL = frozenset({"planned", "hypothetical", "denied"})


def timeline(events: Sequence[Row]) -> str:
    """Events a year, or a month where they span few years, stacked by status. Undated ones are left out, and said so beside."""
    dated = [(event["first"], event["status"]) for event in events if event["first"]]
    if not dated:
        return ""
    years = {day.year for day, _ in dated}
    by_month = max(years) - min(years) < 5
    counts = Counter(((day.year, day.month if by_month else 1), status) for day, status in dated)
    periods = _periods(min(counts)[0], max(counts)[0], by_month=by_month)
    highest = max(sum(counts[period, status] for status in STATUSES) for period in periods)
    step = _WIDTH / len(periods)
    bars, labels = [], []
    every = -(-len(periods) // _LABELS)
    for index, period in enumerate(periods):
        label = f"{period[0]}-{period[1]:02}" if by_month else str(period[0])
        top = float(_BASE)
        for status in STATUSES:
            if not (count := counts[period, status]):
                continue
            height = count / highest * (_BASE - 8)
            top -= height
            bars.append(
                f'<rect class="bar s-{status}" data-period="{label}" x="{index * step:.1f}" y="{top:.1f}" '
                f'width="{max(step - 1, 1):.1f}" height="{height:.1f}"><title>{label}: {count} {status}</title></rect>'
            )
        if index % every == 0:
            labels.append(f'<text x="{index * step:.1f}" y="{_HEIGHT - 6}">{label}</text>')
    return (
        f'<svg class="timeline" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="Events by {"month" if by_month else "year"} and status">{"".join(bars + labels)}</svg>'
    )


def _periods(first: tuple[int, int], last: tuple[int, int], *, by_month: bool) -> list[tuple[int, int]]:
    if not by_month:
        return [(year, 1) for year in range(first[0], last[0] + 1)]
    return [
        (year, month)
        for year in range(first[0], last[0] + 1)
        for month in range(1, 13)
        if first <= (year, month) <= last
    ]


@dataclass(frozen=True, slots=True)
class Strip:
    """A field of activity through the years: (year, records, shade from 0 for none to 5)."""

    field: str
    total: int
    cells: list[tuple[int, int, int]]


def strips(events: Sequence[Row], most_years: int = 12, most_fields: int = 10) -> list[Strip]:
    """The busiest fields in the latest years."""
    counts = Counter(
        (field, event["first"].year) for event in events if event["first"] for field in event["fields"] or ()
    )
    if not counts:
        return []
    last = max(year for _, year in counts)
    years = sorted({year for _, year in counts if year > last - most_years})
    recent = Counter({key: count for key, count in counts.items() if key[1] in set(years)})
    totals: Counter[str] = Counter()
    for (field, _), count in recent.items():
        totals[field] += count
    highest = max(recent.values())
    busiest = sorted(totals, key=lambda field: (-totals[field], field))[:most_fields]
    return [
        Strip(
            field,
            totals[field],
            [(year, recent[field, year], -(-recent[field, year] * _SHADES // highest)) for year in years],
        )
        for field in busiest
    ]


def pair_line(events: Sequence[Row], cooperative: frozenset[str]) -> str:
    """The dated events of a pair on a line through the years, cooperative ones above and the others below; shapes tell the
    statuses apart without colour, and several that stand close are one larger mark. Empty where fewer than three bear a date.
    """
    dated = [event for event in events if event["first"]]
    if len(dated) < 3:
        return ""
    first, last = (pick(event["first"] for event in dated) for pick in (min, max))
    days = max((last - first).days, 1)
    steps = (_WIDTH - 24) // _NEAR
    marks = Counter(
        (round((event["first"] - first).days / days * steps), event["type"] in cooperative, event["status"])
        for event in dated
    )
    drawn = [
        _mark(12 + step * _NEAR, 16 if above else 40, status, count)
        for (step, above, status), count in sorted(marks.items())
    ]
    count = sum(event["type"] in cooperative for event in dated)
    said = f"{len(dated)} dated events from {first.year} to {last.year}: {count} cooperative, above the line, {len(dated) - count} below"
    return (
        f'<svg class="line" viewBox="0 0 {_WIDTH} 70" role="img" aria-label="{said}">'
        f'<line class="life" x1="0" y1="28" x2="{_WIDTH}" y2="28"/>{"".join(drawn)}'
        f'<text x="6" y="66">{first.year}</text><text class="end" x="{_WIDTH - 6}" y="66">{last.year}</text></svg>'
    )


def _mark(x: int, y: int, status: str, count: int) -> str:
    size = min(4 + count, 9)
    if status in _UNREAL:
        return f'<rect class="dot s-{status}" x="{x - size}" y="{y - size}" width="{2 * size}" height="{2 * size}"/>'
    return f'<circle class="dot s-{status}" cx="{x}" cy="{y}" r="{size}"/>'


def life_line(steps: Sequence[dict[str, str]], label: str) -> str:
    """An agreement's steps as a line of dots, from the first to the last; shapes tell the statuses apart without colour."""
    if not steps:
        return ""
    gap = 110
    parts = [f'<line class="life" x1="14" y1="14" x2="{14 + gap * (len(steps) - 1)}" y2="14"/>']
    for index, step in enumerate(steps):
        x = 14 + gap * index
        mark = (
            f'<rect class="dot s-{step["status"]}" x="{x - 6}" y="8" width="12" height="12"/>'
            if step["status"] in _UNREAL
            else f'<circle class="dot s-{step["status"]}" cx="{x}" cy="14" r="7"/>'
        )
        parts.append(
            f'{mark}<text x="{x}" y="38">{escape(step["what"])}</text><text x="{x}" y="52">{escape(step["when"])}</text>'
        )
    width = gap * len(steps)
    return f'<svg class="lifeline" viewBox="0 0 {width} 58" width="{width}" height="58" role="img" aria-label="{escape(label)}">{"".join(parts)}</svg>'


_ROW = 22
_MOST_CITED, _MOST_CITING = 10, 40


def independence(sources: Sequence[Row]) -> str:
    """Who draws on whom: documents on the left, the sources that most of them cite on the right, a line for each citation."""
    by_id = {source["id"]: source for source in sources}
    counts = Counter(cited for source in sources for cited in source["cites"] or () if cited in by_id)
    hubs = sorted(counts, key=lambda cited: (-counts[cited], cited))[:_MOST_CITED]
    lines = [(source["id"], cited) for source in sources for cited in source["cites"] or () if cited in set(hubs)]
    citing = sorted(dict(lines), key=lambda one: (min(hubs.index(c) for s, c in lines if s == one), one))[:_MOST_CITING]
    if not citing:
        return ""
    height = _ROW * max(len(citing), len(hubs)) + 8
    left = {one: 16 + at * (height - 8) / len(citing) for at, one in enumerate(citing)}
    right = {one: 16 + at * (height - 8) / len(hubs) for at, one in enumerate(hubs)}
    drawn = [
        f'<path class="draws-on" d="M366 {left[one] - 4:.1f}C480 {left[one] - 4:.1f} 480 {right[cited] - 4:.1f} 594 {right[cited] - 4:.1f}"/>'
        for one, cited in lines
        if one in left
    ]
    drawn += [f'<text x="360" y="{y:.1f}" text-anchor="end">{_title(by_id[one], 52)}</text>' for one, y in left.items()]
    drawn += [
        f'<circle class="dot s-occurred" cx="600" cy="{y - 4:.1f}" r="{min(3 + counts[one], 9)}"/>'
        f'<text x="614" y="{y:.1f}">{_title(by_id[one], 40)} ({counts[one]})</text>'
        for one, y in right.items()
    ]
    return (
        f'<svg class="independence" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" aria-hidden="true">'
        f"{''.join(drawn)}</svg>"
    )


def _title(source: Row, most: int) -> str:
    text = source["title"] or source["publisher"] or source["id"]
    return escape(text if len(text) <= most else f"{text[: most - 1]}…")
