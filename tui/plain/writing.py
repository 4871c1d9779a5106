"""Writing an answer, line by line: the draft is on disk after each line, one agent has the pen."""

from tui.domain.conversation import Conversation
from tui.domain.text import one_line, printable
from tui.plain.canned import take_canned
from tui.plain.desk import Desk
from tui.plain.letter import Letter
from tui.plain.reading import catch_up, say_standing
from tui.store.messages import NEWEST

ENDS = "."
OFF = "!"
CANNED = "::"
_HOW = (
    f"Write your answer. A single {ENDS} ends it, a single {OFF} calls it off, "
    f"{CANNED} takes a canned reply."
)


async def reply(desk: Desk, typed: str) -> None:
    """Write, look at it, send it; `typed` is the whole answer when it came with the command."""
    if await _may_write(desk):
        await _write(desk, [typed] if typed else [], done=bool(typed))


async def canned(desk: Desk, typed: str) -> None:
    """Begin an answer with a canned reply."""
    if await _may_write(desk):
        await _write(desk, [], done=False, canned=True, typed=typed)


async def _may_write(desk: Desk) -> bool:
    """Whether nothing stands against an answer; else it was said what does."""
    row = await desk.refresh()
    if row.opted_out:
        await say_standing(desk)
        return False
    if not desk.seat.accounts:
        desk.talk.say("No account is configured: smsdesk doctor tells how.")
        return False
    holder = await desk.company.take_pen()
    if holder:
        who = one_line(holder, 20)
        if not await desk.talk.agreed(f"{who} is writing here. Take over?"):
            desk.talk.say("Left to them: n opens who waits next.")
            return False
        await desk.company.take_pen(force=True)
    return True


async def _write(
    desk: Desk, begun: list[str], *, done: bool, canned: bool = False, typed: str = ""
) -> None:
    """The answer from its first line to the outbox, or to a draft."""
    row = desk.here
    try:
        with desk.talk.quiet():
            await catch_up(desk)
            lines = [*await _draft(desk, row), *begun]
            if canned:
                taken = await take_canned(desk, typed)
                if not taken:
                    return
                lines += taken
            text = "\n".join(lines) if done else await _lines(desk, row, lines)
            text = printable(text).strip()
            if text:
                _keep(desk, row, text)
                await Letter(desk, row, text).offer()
    finally:
        await desk.sheet.flush()
        await desk.company.lay_down()


async def _draft(desk: Desk, row: Conversation) -> list[str]:
    """Take the sheet of this conversation; the lines that stand on it already."""
    draft = await desk.store.drafts.get(row.id, desk.seat.agent)
    text = desk.sheet.lay(row, draft)
    desk.sheet.look(desk.seen, text)
    if not text:
        return []
    desk.talk.say("You have begun an answer here:")
    desk.talk.say(printable(text))
    return text.split("\n") if await desk.talk.agreed("Go on with it? n begins anew.") else []


async def _lines(desk: Desk, row: Conversation, begun: list[str]) -> str:
    """Several lines, ended by a single dot; empty when called off."""
    lines = list(begun)
    desk.talk.say(_HOW if not lines else f"Write more, or a single {ENDS} to end it.")
    while (line := await desk.talk.ask("> ")) != ENDS:
        if line == OFF:
            _keep(desk, row, "")
            desk.talk.say("Called off: nothing was sent. r begins again.")
            return ""
        lines += await take_canned(desk, "") if line == CANNED else [line]
        _keep(desk, row, "\n".join(lines))
        desk.company.typed()
    if not "".join(lines).strip():
        _keep(desk, row, "")
        desk.talk.say("Nothing was written: r begins again.")
    return "\n".join(lines)


def _keep(desk: Desk, row: Conversation, text: str) -> None:
    """Write the draft down."""
    desk.sheet.keep(row.id, text, note=False)


async def undo(desk: Desk, typed: str) -> None:
    """Take the last action back; a text that was not sent yet is a draft again."""
    desk.talk.say(f"{await desk.actions.undo()}.")
    if desk.open is not None:
        await desk.refresh()


async def call_off(desk: Desk, typed: str) -> None:
    """Take back a message that waits for its time."""
    newest = await desk.store.messages.before(desk.here.id, NEWEST, 100)
    waiting = [m for m in newest if m.scheduled_at is not None and m.status and not m.status.final]
    if not waiting:
        desk.talk.say("No message waits for its time here.")
        return
    texts = [one_line(message.body, 80) for message in waiting]
    place = 0 if len(waiting) == 1 else await desk.talk.choose("Which one?", texts, typed)
    if place is not None:
        desk.talk.say(f"{await desk.actions.call_off(waiting[place])}.")
