"""Put into words how fast customers were answered: by agent, by view and by hour."""

from collections.abc import Sequence
from datetime import tzinfo

from tui.domain.answer_targets import AnswerRecord, AnswerSummary, get_hour, summarize_answers
from tui.domain.statistics import draw_sparkline
from tui.domain.text import format_span, one_line

_MAX_ROWS = 12
"""Agents or views that are listed."""
_HOURS = 24
_GROUP_CELLS = 16


def format_answer_report(records: Sequence[AnswerRecord]) -> list[str]:
    """Return the lines of the report; none if nothing was answered.

    Args:
        records: First answers of a period.
    """
    if not records:
        return []
    groups = {"": summarize_answers(records, lambda record: "all")}
    groups["By agent"] = summarize_answers(records, lambda record: record.agent)
    if with_target := [record for record in records if record.due_at is not None]:
        groups["By view"] = summarize_answers(with_target, lambda record: record.view)
    head = f"{'answers':>7}{'median':>9}{'9 of 10 within':>17}"
    kept = f"{'in time':>12}" if with_target else ""
    lines = [f"{'':<{_GROUP_CELLS}}{head}{kept}"]
    for heading, summaries in groups.items():
        lines += ["", heading] if heading else []
        lines += _format_rows(summaries)
    return lines


def _format_rows(summaries: Sequence[AnswerSummary]) -> list[str]:
    """Return a line for each group, and how many are left out."""
    lines = [_format_row(summary) for summary in summaries[:_MAX_ROWS]]
    hidden = len(summaries) - _MAX_ROWS
    return [*lines, f"and {hidden} more"] if hidden > 0 else lines


def _format_row(summary: AnswerSummary) -> str:
    """Return the figures of one group below their headings."""
    judged = summary.kept + summary.broken
    kept = f"{f'{summary.kept} of {judged}':>12}" if judged else ""
    return (
        f"{one_line(summary.group, _GROUP_CELLS - 1):<{_GROUP_CELLS}}{summary.answers:>7}"
        f"{format_span(summary.median_ms):>9}{format_span(summary.p90_ms):>17}{kept}"
    )


def plot_answers_by_hour(
    records: Sequence[AnswerRecord], zone: tzinfo | None, *, ascii: bool = False
) -> list[str]:
    """Return the waits by the hour in which customers wrote, as columns under one scale.

    Args:
        records: First answers of a period.
        zone: Zone of the agent; None for that of the system.
        ascii: Whether only ASCII characters are allowed.
    """
    if not records:
        return []
    hours = {one.group: one for one in summarize_answers(records, lambda r: get_hour(r, zone))}
    found = [hours.get(f"{hour:02}:00") for hour in range(_HOURS)]
    p90 = [one.p90_ms if one else 0 for one in found]
    median = [one.median_ms if one else 0 for one in found]
    top = max(p90)
    axis = "".join(f"{hour:02}" if hour % 3 == 0 else "  " for hour in range(_HOURS))
    return [
        f"By hour of the customer's text · the highest column is {format_span(top, units=2)}",
        *(
            f"{label:<9}" + "".join(f"{column} " for column in columns).rstrip()
            for label, columns in (
                ("median", draw_sparkline(median, ascii=ascii, scale=top)),
                ("9 of 10", draw_sparkline(p90, ascii=ascii, scale=top)),
            )
        ),
        f"{'':<9}{axis.rstrip()}",
    ]
