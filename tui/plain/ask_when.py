"""Ask for a date and time in the agent's own words, and show how they were understood."""

from tui.desk.last_times import SCHEDULE, SNOOZE, find_last_time, save_last_time
from tui.desk.routes import Route, SendPlan, format_schedule_holder, suggest_send_time
from tui.domain.conversation import Conversation
from tui.domain.date_input import EXAMPLES, InvalidMomentError, format_moment, read_moment
from tui.domain.local_time import find_zones, format_local_times
from tui.domain.text import one_line
from tui.plain.session import PlainSession

_SNOOZE_CHOICES = ("20m", "2h", "tomorrow 9", "next week", "until reply")


async def ask_plan(session: PlainSession, row: Conversation, route: Route) -> SendPlan | None:
    """Ask when a message is to be sent, and whether a reply of the customer cancels it.

    Args:
        session: State of this agent's line-mode session.
        row: Conversation of the message.
        route: Account and sender of the message.
    """
    session.dialog.write_line(format_schedule_holder(route))
    suggestion = suggest_send_time(session.context, row.address) or await find_last_time(
        session.store, session.context, SCHEDULE
    )
    while True:
        empty = f"empty for {suggestion}" if suggestion else "empty cancels"
        typed = (
            await session.dialog.ask_line(f"When? By your clock: {EXAMPLES}, {empty}: ")
        ).strip() or suggestion
        if not typed:
            session.dialog.write_line("Not scheduled.")
            return None
        at = parse_answer(session, typed)
        if at is None:
            session.dialog.write_line("Type a time, for example tomorrow 9.")
        elif at:
            await save_last_time(session.store, session.context, SCHEDULE, typed)
            there = format_local_times(find_zones(row.address), at)
            session.dialog.write_line(
                f"It would go out {_format_answer(session, at)}{f', {there}' if there else ''}."
            )
            return SendPlan(at, await session.dialog.ask_yes_no("Cancel it if they write before?"))


async def ask_snooze(session: PlainSession, typed: str) -> tuple[bool, int | None]:
    """Return whether to snooze, and until when (ms UTC; None: until the customer replies).

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    again = await find_last_time(session.store, session.context, SNOOZE)
    choices = (again, *_SNOOZE_CHOICES) if again else _SNOOZE_CHOICES
    while True:
        if not typed:
            for number, choice in enumerate(choices, 1):
                shown = f"again: {choice}" if again and number == 1 else choice
                session.dialog.write_line(f"{number}. {shown}")
            typed = await session.dialog.ask_line(
                "Until when? A number, or your own words; 0 for never: "
            )
        typed = typed.strip()
        if typed in ("", "0", "!"):
            session.dialog.write_line("Not snoozed.")
            return False, None
        if typed.isdecimal() and int(typed) <= len(choices):
            typed = choices[int(typed) - 1]
        at = parse_answer(session, typed)
        if at != 0:
            await save_last_time(session.store, session.context, SNOOZE, typed)
            return True, at
        typed = ""


def parse_answer(session: PlainSession, typed: str) -> int | None:
    """Return the moment (ms UTC), None for "until reply", 0 if the text names none.

    Args:
        session: State of this agent's line-mode session.
        typed: Typed text.
    """
    try:
        moment = read_moment(typed, session.context.clock.now(), session.context.zone)
    except InvalidMomentError as problem:
        session.dialog.write_line(f"{one_line(str(problem), 100)}.")
        return 0
    if moment.note:
        session.dialog.write_line(f"{moment.note[:1].upper()}{moment.note[1:]}.")
    return moment.at


def _format_answer(session: PlainSession, at: int) -> str:
    """Return a moment as text, as it was understood."""
    return format_moment(at, session.context.clock.now(), session.context.zone)
