"""Show what arrived and could not be used, take it in after a fix, or dismiss it."""

from tui.desk.held_text import (
    NO_RETRY,
    HeldRetryError,
    format_content,
    format_excerpt,
    format_retry_result,
    list_facts,
    list_same_reason,
)
from tui.domain.arrivals import HeldItem
from tui.domain.text import one_line
from tui.plain.session import PlainSession, line_handler

_MOST_LISTED = 20
_CHOICES = ("Take it in", "Take in all of its reason", "Dismiss it")


@line_handler("held")
async def show_held_items(session: PlainSession, typed: str) -> None:
    """Number the held items; show the chosen one and ask what to do with it.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    items = await session.store.held_items.list_held()
    if not items:
        session.dialog.write_line("Nothing is held.")
        return
    lines = [
        f"{one_line(item.account, 16)}: {one_line(item.reason.text, 200).rstrip('.')}. "
        f"{one_line(format_excerpt(item.arrival), 80)}"
        for item in items[:_MOST_LISTED]
    ]
    if len(items) > len(lines):
        lines_left = len(items) - len(lines)
        session.dialog.write_line(f"{lines_left} older ones: smsdesk held list shows all.")
    place = await session.dialog.choose_item("Held", lines, typed)
    if place is not None:
        await _handle_item(session, items[place])


async def _handle_item(session: PlainSession, item: HeldItem) -> None:
    """Show all of one item and do what the agent chooses."""
    for line in list_facts(item, session.context.zone):
        session.dialog.write_line(line)
    for line in format_content(item.arrival).split("\n"):
        session.dialog.write_line(f"  {line}")
    place = await session.dialog.choose_item("What to do", _CHOICES)
    if place == 2:
        session.dialog.write_line(f"{await session.actions.dismiss_held(item)}.")
    elif place == 1:
        await _take_in(session, await list_same_reason(session.store, item))
    elif place == 0:
        await _take_in(session, [item])


async def _take_in(session: PlainSession, items: list[HeldItem]) -> None:
    """Read items again with the settings of now and show the result."""
    retry = session.context.retry_held
    if retry is None:
        session.dialog.write_line(f"{NO_RETRY}.")
        return
    try:
        result = await retry(items)
    except HeldRetryError as error:
        session.dialog.write_line(f"{one_line(str(error), 300)}.")
        return
    session.dialog.write_line(f"{format_retry_result(result)}.")
