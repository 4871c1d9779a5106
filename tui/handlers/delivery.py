"""Commands about failed and uncertain messages: retry, retry through another route, resolve.

Failed messages of many conversations are sent again at once after one question.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.desk.actions import find_retry_problem
from tui.desk.routes import format_route, format_route_detail, list_routes
from tui.domain.message import Message
from tui.domain.status import Status
from tui.handlers import many
from tui.handlers.kind import Handler

if TYPE_CHECKING:
    from tui.screens.inbox import InboxScreen


def find_target_message(inbox: InboxScreen) -> Message | None:
    """Return the message that a command is about, or None if there is none.

    The selected message; without a selection the newest unhandled failure, else the newest
    message that was sent.
    """
    view = inbox.pane.message_view
    unhandled = [
        message
        for message in view.messages
        if message.status is not None and message.status.is_problem and not message.handled
    ]
    if view.selected_id or not unhandled:
        return view.target_message
    return unhandled[-1]


async def retry_failed(inbox: InboxScreen) -> None:
    """Send failed messages again: all that are selected or listed as failed, or only one."""
    if many.is_bulk_retry(inbox):
        await many.ask_bulk_retry(inbox, find_target_message(inbox), retry_message)
    else:
        await retry_message(inbox)


async def retry_message(inbox: InboxScreen) -> None:
    """Send one failed message again; for an uncertain one, ask what happened first."""
    message = find_target_message(inbox)
    problem = find_retry_problem(message)
    if message is None or problem:
        inbox.show_status(problem)
    # Sending it again without a question could deliver the message twice.
    elif message.status is Status.UNCERTAIN:
        _ask_uncertain(inbox, message)
    else:
        await inbox.pane.compose_pane.retry_message(message)


async def retry_through_route(inbox: InboxScreen) -> None:
    """Send a failed message through an account and sender that the agent picks."""
    message = find_target_message(inbox)
    problem = find_retry_problem(message)
    if message is None or problem or not inbox.app_context.accounts:
        inbox.show_status(problem or "No account is configured: smsdesk doctor tells how")
    elif message.status is Status.UNCERTAIN:
        inbox.show_status("It may have gone out: settle that first (M), then send it another way")
    else:
        _pick_route(inbox, message)


def _pick_route(inbox: InboxScreen, message: Message) -> None:
    """Let the agent pick an account and sender, and send the message through it."""
    from tui.screens.pick import Choice, Picked, PickScreen

    routes = list_routes(inbox.app_context.accounts, message.account)
    choices = [
        Choice(str(place), format_route(route), format_route_detail(route, message.account))
        for place, route in enumerate(routes)
    ]

    async def retry_on_route(picked: Picked | None) -> None:
        """Send the message through the picked route unless the dialog was cancelled."""
        if picked is not None:
            await inbox.pane.compose_pane.retry_message(message, routes[int(picked.value)])

    screen = PickScreen("Retry through …", choices, verb="sends it", ascii=inbox.app_context.ascii)
    inbox.app.push_screen(screen, retry_on_route)


async def resolve_message(inbox: InboxScreen) -> None:
    """Resolve an uncertain message (it was sent, or send it again) or dismiss a failed one."""
    message = find_target_message(inbox)
    problem = find_retry_problem(message)
    if message is None or problem:
        inbox.show_status("Only a message that is maybe sent or has failed needs your word")
    elif message.status is Status.UNCERTAIN:
        _ask_uncertain(inbox, message)
    else:
        inbox.show_status(await inbox.actions.dismiss_failure(message))


def _ask_uncertain(inbox: InboxScreen, message: Message) -> None:
    """Ask whether the message was sent, and apply the choice."""
    from tui.screens.maybe_sent import MaybeSentScreen, UncertainChoice

    async def apply_choice(choice: UncertainChoice | None) -> None:
        """Record that the message was sent, or send it again."""
        if choice == UncertainChoice.WENT_OUT:
            inbox.show_status(await inbox.actions.resolve_as_sent(message))
        elif choice == UncertainChoice.AGAIN:
            await inbox.pane.compose_pane.retry_message(message)

    inbox.app.push_screen(MaybeSentScreen(message), apply_choice)


HANDLERS: dict[str, Handler] = {
    "retry": retry_failed,
    "retry_through": retry_through_route,
    "resolve": resolve_message,
}
