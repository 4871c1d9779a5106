"""Messages in trouble: what is best done about each, and doing it."""

from tui import present
from tui.desk.dispatch import NotSentError
from tui.desk.replying import Route, default_route
from tui.desk.thread_actions import retryable
from tui.desk.ways import way_detail, way_words, ways
from tui.domain.coach import coach
from tui.domain.message import Message
from tui.domain.status import Status
from tui.domain.text import one_line, printable
from tui.plain.desk import Desk
from tui.plain.keys import KEYS
from tui.plain.lines import message_words
from tui.plain.reading import catch_up

_MAYBE = (
    "It went out: counts as sent, nothing more is sent",
    "Send it again: if the first did go out, the customer gets it twice",
)
_FAILED = ("Send it again", "Send it another way")
_NUMBERS = {"retry": "1", "retry_through": "2"}


async def troubles(desk: Desk, typed: str) -> None:
    """Deal with a message in trouble of the open conversation."""
    found = await desk.store.messages.trouble(desk.here.id)
    if not found:
        desk.talk.say("No message is in trouble here: l, then f lists where one is.")
        return
    title = present.title(desk.here)
    texts = [message_words(message, title, desk.seat) for message in found]
    place = 0 if len(found) == 1 else await desk.talk.choose("In trouble", texts, typed)
    if place is not None:
        if len(found) == 1:
            desk.talk.say(texts[0])
        await _deal(desk, found[place])


async def _deal(desk: Desk, message: Message) -> None:
    """Offer what can be done about one."""
    problem = retryable(message)
    if problem:
        desk.talk.say(f"{problem}.")
    elif message.status is Status.UNCERTAIN:
        reason = one_line(message.reason, 200) or "No answer came back after it was handed over"
        desk.talk.say(f"Maybe sent. {reason}.")
        await _settle(desk, message)
    else:
        desk.talk.say(_advice(desk, message))
        await _again(desk, message)


def _advice(desk: Desk, message: Message) -> str:
    """What the coach says, with what is typed here for it."""
    counsel = coach(message, several_accounts=len(desk.seat.accounts) > 1)
    if counsel is None:
        return "No advice."
    key = {**KEYS, **_NUMBERS}.get(counsel.command, "")
    return f"Best: {f'{key} ' if key else ''}{counsel.words}."


async def _settle(desk: Desk, message: Message) -> None:
    """The agent's word on a message that may have gone out."""
    place = await desk.talk.choose("Your word", _MAYBE)
    if place == 0:
        desk.talk.say(f"{await desk.actions.went_out(message)}.")
    elif place == 1:
        await _retry(desk, message, default_route(desk.seat.accounts, desk.here))


async def _again(desk: Desk, message: Message) -> None:
    """Once more, the same way or another."""
    place = await desk.talk.choose("What now", _FAILED)
    if place == 0:
        await _retry(desk, message, default_route(desk.seat.accounts, desk.here))
    elif place == 1:
        routes = ways(desk.seat.accounts, message.account)
        names = [f"{way_words(route)}, {way_detail(route, message.account)}" for route in routes]
        chosen = await desk.talk.choose("Ways", names)
        if chosen is not None:
            await _retry(desk, message, routes[chosen])


async def _retry(desk: Desk, message: Message, route: Route | None) -> None:
    """Queue it as a new message, unless something stands against it."""
    if await catch_up(desk):
        desk.talk.say("That came in meanwhile: f once more sends all the same.")
        return
    try:
        sent = await desk.dispatch.again(desk.here, message, route, desk.seen)
    except NotSentError as problem:
        desk.talk.say(f"{one_line(str(problem), 300)}.")
        return
    desk.talk.say(f"Once more: {printable(message.body)}")
    desk.was_sent(sent)
