"""Reading aloud: a conversation's end, what came before and since, one message's history."""

from collections.abc import Sequence

from tui import present
from tui.desk.company import company_words
from tui.desk.consenting import lock_words, standing_of, suspicion_words
from tui.domain.limits import why_no_further
from tui.domain.message import Direction, Message
from tui.domain.text import one_line
from tui.plain.desk import Desk
from tui.plain.keys import KEYS
from tui.plain.lines import heading, message_words
from tui.store.messages import NEWEST

PAGE = 10
_LONGEST_RAW = 300


async def read(desk: Desk, conversation_id: int, at: int = 0) -> None:
    """Open a conversation and read its end aloud, or the part that ends at one message."""
    row = await desk.store.conversations.get(conversation_id)
    if row is None:
        desk.talk.say("That conversation is gone: l lists again.")
        return
    desk.enter(row)
    desk.talk.say(heading(row, desk.seat))
    await say_standing(desk)
    before = at + 1 if at else NEWEST
    await tell(desk, await desk.store.messages.before(row.id, before, PAGE))
    if at and await desk.store.messages.after(row.id, desk.seen, 1):
        desk.talk.say("There is more after this: j reads on.")
    await desk.company.look()
    others = company_words(desk.company.colleagues)
    if others:
        desk.talk.say(f"{others}.")


async def say_standing(desk: Desk) -> None:
    """Say what stands against writing: a lock, or a text that has to be judged."""
    standing = await standing_of(desk.store, desk.here)
    now, zone = desk.seat.clock.now(), desk.seat.zone
    if desk.here.opted_out:
        desk.talk.say(f"{lock_words(standing.word, now, zone, KEYS)}.")
    elif standing.suspicion is not None:
        desk.talk.say(suspicion_words(standing.suspicion, KEYS))


async def tell(desk: Desk, messages: Sequence[Message]) -> None:
    """Read messages aloud, oldest first; they are read then, by this agent."""
    title = present.title(desk.here)
    for message in messages:
        desk.talk.say(message_words(message, title, desk.seat))
    if messages:
        desk.oldest = min(desk.oldest, messages[0].id)
        desk.seen = max(desk.seen, messages[-1].id)
        await desk.store.triage.read(desk.here.id, desk.seat.agent, desk.seen)


async def catch_up(desk: Desk) -> list[Message]:
    """Read aloud what is new since the agent looked, at most a page; returns it."""
    newest = await desk.store.messages.before(desk.here.id, NEWEST, PAGE)
    news = [message for message in newest if message.id > desk.seen]
    await tell(desk, news)
    return news


async def older(desk: Desk, typed: str) -> None:
    """Read the page before."""
    found = await desk.store.messages.before(desk.here.id, desk.oldest, PAGE)
    await tell(desk, found)
    if not found:
        desk.talk.say("That was the first message.")


async def newer(desk: Desk, typed: str) -> None:
    """Read on."""
    found = await desk.store.messages.after(desk.here.id, desk.seen, PAGE)
    await tell(desk, found)
    if not found:
        desk.talk.say("That was the newest message: r writes a reply.")


async def history(desk: Desk, typed: str) -> None:
    """Everything that was told about the newest message sent, or the one so many before it."""
    back = int(typed) if typed.isdecimal() else 1
    newest = await desk.store.messages.before(desk.here.id, NEWEST, 100)
    sent = [message for message in newest if message.direction is Direction.OUT]
    if not 1 <= back <= len(sent):
        desk.talk.say("There is no such message: . is the last one sent, . 2 the one before it.")
        return
    message, seat = sent[-back], desk.seat
    desk.talk.say(message_words(message, present.title(desk.here), seat))
    for entry in await desk.store.messages.timeline(message.id):
        time = present.clock_time(entry.at or entry.received_at, seat.zone)
        status = present.badge(entry.status).word if entry.status else entry.kind
        code = f"code {one_line(entry.code, 20)}" if entry.code else ""
        words = [status, one_line(entry.word, 60), code, one_line(entry.reason, 300)]
        desk.talk.say(f"{time} {', '.join(word for word in words if word)}")
        desk.talk.say(f"  {one_line(entry.raw, _LONGEST_RAW)}")
    limit = why_no_further(message, seat.account(message.account), seat.clock.now())
    if limit:
        desk.talk.say(one_line(limit, 200))
