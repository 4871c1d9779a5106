"""Draw the figures of a run as SVG: each value as a share of its goal."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from tests.bench.ui.report import Figure, Verdict, format_value

_WIDTH, _NAMES, _VALUES = 960, 330, 190
_ROW, _TOP = 26, 64
_MOST = 2.0
"""Longest bar, in goals; a longer one ends in an arrow."""
_COLOURS = {Verdict.MET: "#2f8f5b", Verdict.MISSED: "#c2572b", Verdict.NONE: "#8a93a3"}


def draw_figures(figures: Sequence[Figure], machine: Mapping[str, Any]) -> str:
    """Return a picture of all figures that have a goal and a value.

    Args:
        figures: Figures of a run.
        machine: Machine of the run.
    """
    rows = [figure for figure in figures if figure.verdict]
    height = _TOP + _ROW * len(rows) + 40
    line = _get_x(1.0)
    caption = f"{machine['processor']}, {machine['cores']} cores, {str(machine['time'])[:10]}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}"'
        ' font-family="sans-serif" font-size="13">',
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        _write_text(16, 28, "Each figure as a share of its goal", "start", 17),
        _write_text(line, 52, "goal", "middle"),
    ]
    for number, figure in enumerate(rows):
        parts += _draw_row(figure, _find_peers(figure, figures), _TOP + number * _ROW)
    parts += [
        f'<line x1="{line}" x2="{line}" y1="58" y2="{height - 36}" stroke="#222831"'
        ' stroke-width="1.5" stroke-dasharray="4 3"/>',
        _write_text(16, height - 12, f"{caption}. Ticks are other programs of the same run."),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _find_peers(figure: Figure, figures: Sequence[Figure]) -> list[Figure]:
    """Return the same figure of other programs."""
    wanted = (figure.part, figure.name, figure.unit)
    return [
        other
        for other in figures
        if (other.part, other.name, other.unit) == wanted
        and other.program != figure.program
        and other.value is not None
    ]


def _draw_row(figure: Figure, peers: Sequence[Figure], y: int) -> list[str]:
    """Return name, bar, value and the ticks of the peers."""
    assert figure.value is not None and figure.goal is not None
    colour, middle = _COLOURS[figure.verdict], y + _ROW - 9
    share = _get_share(figure.value, figure.goal)
    size = f" ({figure.note})" if figure.note else ""
    width = max(2, _get_x(share) - _NAMES)
    parts = [
        _write_text(_NAMES - 10, middle, f"{figure.part}: {figure.name}{size}", "end"),
        f'<rect x="{_NAMES}" y="{y + 5}" width="{width}" height="{_ROW - 10}" fill="{colour}"/>',
    ]
    if share >= _MOST:
        parts.append(_write_text(_get_x(_MOST) - 4, middle, "→", "end", colour="#ffffff"))
    for peer in peers:
        assert peer.value is not None
        x = _get_x(_get_share(peer.value, figure.goal))
        title = f"{peer.program}: {format_value(peer.value)} {peer.unit}"
        parts.append(
            f'<path d="M{x} {y + 3}v{_ROW - 6}" stroke="#222831" stroke-width="2">'
            f"<title>{escape(title)}</title></path>"
        )
        parts.append(_write_text(x + 3, y + 12, peer.program, size=9))
    value = f"{format_value(figure.value)} of {format_value(figure.goal)} {figure.unit}"
    return [*parts, _write_text(_WIDTH - 12, middle, value, "end", colour=colour)]


def _get_share(value: float, goal: float) -> float:
    """Return a value in goals; of a goal of 0, any value is the most."""
    if goal == 0:
        return 0.0 if value == 0 else _MOST
    return min(_MOST, value / goal)


def _get_x(share: float) -> int:
    """Return where a share of the goal is drawn."""
    return round(_NAMES + share / _MOST * (_WIDTH - _NAMES - _VALUES))


def _write_text(
    x: int, y: int, text: str, anchor: str = "start", size: int = 13, colour: str = "#222831"
) -> str:
    """Return a line of text."""
    return (
        f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="{size}" fill="{colour}">'
        f"{escape(text)}</text>"
    )
