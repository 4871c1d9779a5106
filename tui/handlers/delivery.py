"""Commands about messages in trouble: again, another way, or settled by the agent's word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.desk.thread_actions import retryable
from tui.desk.ways import way_detail, way_words, ways
from tui.domain.message import Message
from tui.domain.status import Status
from tui.handlers import many
from tui.handlers.kind import Handler

if TYPE_CHECKING:
    from tui.screens.inbox import InboxScreen


def in_question(inbox: InboxScreen) -> Message | None:
    """The selected message; with none selected, the newest in trouble, else the newest sent."""
    view = inbox.pane.view
    open_troubles = [
        message
        for message in view.messages
        if message.status is not None and message.status.trouble and not message.handled
    ]
    if view.selected or not open_troubles:
        return view.selection
    return open_troubles[-1]


async def retry(inbox: InboxScreen) -> None:
    """Send failed messages once more: of all that is selected or listed as failed, or only one."""
    if many.meant(inbox):
        await many.ask(inbox, in_question(inbox), retry_one)
    else:
        await retry_one(inbox)


async def retry_one(inbox: InboxScreen) -> None:
    """Send a failed message once more; a maybe sent one only after both choices were shown."""
    message = in_question(inbox)
    problem = retryable(message)
    if message is None or problem:
        inbox.say(problem)
    elif message.status is Status.UNCERTAIN:
        _ask(inbox, message)
    else:
        await inbox.pane.writing.retry(message)


async def retry_through(inbox: InboxScreen) -> None:
    """Send a failed message through an account and sender to be chosen."""
    message = in_question(inbox)
    problem = retryable(message)
    if message is None or problem or not inbox.seat.accounts:
        inbox.say(problem or "No account is configured: smsdesk doctor tells how")
    elif message.status is Status.UNCERTAIN:
        inbox.say("It may have gone out: settle that first (M), then send it another way")
    else:
        _choose_way(inbox, message)


def _choose_way(inbox: InboxScreen, message: Message) -> None:
    """Offer every account and sender, and send the chosen way."""
    from tui.screens.pick import Choice, Picked, PickScreen

    routes = ways(inbox.seat.accounts, message.account)
    choices = [
        Choice(str(place), way_words(route), way_detail(route, message.account))
        for place, route in enumerate(routes)
    ]

    async def chosen(picked: Picked | None) -> None:
        """Send it that way, unless called off."""
        if picked is not None:
            await inbox.pane.writing.retry(message, routes[int(picked.value)])

    screen = PickScreen("Retry through …", choices, verb="sends it", ascii=inbox.seat.ascii)
    inbox.app.push_screen(screen, chosen)


async def resolve(inbox: InboxScreen) -> None:
    """Settle a maybe sent message: it went out, or it is sent again; put a failed one aside."""
    message = in_question(inbox)
    problem = retryable(message)
    if message is None or problem:
        inbox.say("Only a message that is maybe sent or has failed needs your word")
    elif message.status is Status.UNCERTAIN:
        _ask(inbox, message)
    else:
        inbox.say(await inbox.actions.put_aside(message))


def _ask(inbox: InboxScreen, message: Message) -> None:
    """Show both choices and do what is chosen."""
    from tui.screens.maybe_sent import Choice, MaybeSentScreen

    async def decided(choice: Choice | None) -> None:
        """The agent's word."""
        if choice == Choice.WENT_OUT:
            inbox.say(await inbox.actions.went_out(message))
        elif choice == Choice.AGAIN:
            await inbox.pane.writing.retry(message)

    inbox.app.push_screen(MaybeSentScreen(message), decided)


HANDLERS: dict[str, Handler] = {
    "retry": retry,
    "retry_through": retry_through,
    "resolve": resolve,
}
