"""Commands of triage mode: begin, skip, and canned replies by their number."""

from __future__ import annotations

from tui.commands import get_first_keys
from tui.domain.conversation import State
from tui.handlers.common import Handler, InboxActions, command_handler
from tui.handlers.macro_keys import use_numbered_reply

_NOT_HERE = "Only in triage: t starts it"
_OPEN_FOR_DIGITS = "A digit takes a canned reply in an open conversation: Enter opens it"
_HELD_HINT = "again shows what they have"
"""Part of the notice after which the key starts a round of what colleagues have open."""
_CANNED_KEYS = range(1, 10)


@command_handler("triage")
async def toggle_triage(inbox: InboxActions) -> None:
    """Start triage with the conversation that waits longest; end triage if it is on."""
    if inbox.triage.is_on:
        await end_triage(inbox)
        return
    shows_held = _HELD_HINT in inbox.shown_status
    if await inbox.triage.start_round(shows_held=shows_held):
        inbox.threads.clear_marks()
        if shows_held:
            inbox.show_status("")
        inbox.show_key_hints()
    else:
        inbox.show_status(await _describe_nothing_to_triage(inbox))


async def _describe_nothing_to_triage(inbox: InboxActions) -> str:
    """Return why triage has nothing to show."""
    from tui.desk.triage import count_waiting, format_waiting

    counts = await count_waiting(inbox.store, inbox.app_context.agent)
    if counts.held:
        it = "it" if counts.held == 1 else "them all"
        key = get_first_keys(inbox.app_context.commands)["triage"]
        more = f" · {counts.assigned} with colleagues" if counts.assigned else ""
        hint = f" · {key} {_HELD_HINT}" if key else ""
        return f"{counts.held} for you{more} · colleagues have {it} open{hint}"
    away = counts.assigned
    return format_waiting(0, away) if away else "All clear: no one is waiting"


async def end_triage(inbox: InboxActions) -> None:
    """Return to the list with the cursor on the conversation that was shown."""
    shown = inbox.pane.conversation
    triage_round = await inbox.triage.end_round()
    if triage_round is None:
        return
    if shown is not None and shown.state is State.OPEN:
        await inbox.go_to_conversation(shown)
    elif shown is not None:
        # A colleague has closed or snoozed it: its row says so, in the list as it is.
        await inbox.keep_in_list(shown)
    inbox.leave_conversation()
    inbox.threads.focus()
    inbox.show_status(await triage_round.format_summary())


@command_handler("skip")
async def skip_conversation(inbox: InboxActions) -> None:
    """Leave this conversation waiting and go on; at the end of a round start another one."""
    if inbox.triage.is_on:
        await inbox.triage.skip_conversation()
    else:
        inbox.show_status(_NOT_HERE)


def _make_canned_handler(number: int) -> Handler:
    """Return a handler that inserts the canned reply at a position of the bar, from 1."""

    async def insert_numbered_reply(inbox: InboxActions) -> None:
        """Insert a filled canned reply into the composer, to be read before it is sent."""
        if inbox.triage.is_on or inbox.is_reading:
            await use_numbered_reply(inbox, number)
        else:
            inbox.show_status(_OPEN_FOR_DIGITS)

    return insert_numbered_reply


for _number in _CANNED_KEYS:
    command_handler(f"canned_{_number}")(_make_canned_handler(_number))
