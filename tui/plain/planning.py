"""When something shall happen: asked for in the agent's own words, said back as understood."""

from tui.desk.replying import Plan, Route, keeper_words
from tui.desk.waking import waking_words
from tui.domain.conversation import Conversation
from tui.domain.local_time import clock_words, zones_for
from tui.domain.text import one_line
from tui.domain.when import EXAMPLES, NotAMoment, in_words, moment
from tui.plain.desk import Desk

_SLEEPS = ("20m", "2h", "tomorrow 9", "next week", "until reply")


async def ask_plan(desk: Desk, row: Conversation, route: Route) -> Plan | None:
    """When a message is to go out, and whether an answer makes it superfluous."""
    desk.talk.say(keeper_words(route))
    offer = waking_words(desk.seat, row.address)
    while True:
        empty = f"empty for {offer}" if offer else "empty calls it off"
        typed = (await desk.talk.ask(f"When? {EXAMPLES}, {empty}: ")).strip() or offer
        if not typed:
            desk.talk.say("Not scheduled.")
            return None
        at = understood(desk, typed)
        if at is None:
            desk.talk.say("It needs a time, like tomorrow 9.")
        elif at:
            there = clock_words(zones_for(row.address), at)
            desk.talk.say(f"It would go out {_words(desk, at)}{f', {there}' if there else ''}.")
            return Plan(at, await desk.talk.agreed("Cancel it if they write before?"))


async def ask_snooze(desk: Desk, typed: str) -> tuple[bool, int | None]:
    """Whether and until when a conversation is put away (ms UTC; None: until they write)."""
    while True:
        if not typed:
            for number, words in enumerate(_SLEEPS, 1):
                desk.talk.say(f"{number}. {words}")
            typed = await desk.talk.ask("Until when? A number, or your own words; 0 for never: ")
        typed = typed.strip()
        if typed in ("", "0", "!"):
            desk.talk.say("Not snoozed.")
            return False, None
        if typed.isdecimal() and int(typed) <= len(_SLEEPS):
            typed = _SLEEPS[int(typed) - 1]
        at = understood(desk, typed)
        if at != 0:
            return True, at
        typed = ""


def understood(desk: Desk, typed: str) -> int | None:
    """The moment that was meant (ms UTC), None for "until reply", 0 when it names none."""
    try:
        return moment(typed, desk.seat.clock.now(), desk.seat.zone)
    except NotAMoment as problem:
        desk.talk.say(f"{one_line(str(problem), 100)}.")
        return 0


def _words(desk: Desk, at: int) -> str:
    """A moment as it was understood."""
    return in_words(at, desk.seat.clock.now(), desk.seat.zone)
