"""Commands about failed and uncertain messages: retry, retry through another route, resolve.

Failed messages of many conversations are sent again at once after one question.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands import get_first_keys
from tui.desk.routes import format_route, format_route_detail, list_routes
from tui.desk.send_checks import NO_ACCOUNT
from tui.domain.conversation import Conversation
from tui.domain.failure_advice import find_retry_problem
from tui.domain.message import Message
from tui.domain.status import Status
from tui.handlers.common import Handler, InboxActions, command_handler
from tui.screens.base import report_store_errors
from tui.store.conversations import FIRST_POSITION
from tui.widgets.markable_list import MAX_MARKED

if TYPE_CHECKING:
    from tui.desk.bulk_retry import FailedMessage, RetryBatch
    from tui.desk.routes import Route


_PROGRESS_INTERVAL = 10
"""Number of messages between two progress texts."""


def is_bulk_retry(inbox: InboxActions) -> bool:
    """Return whether a retry is about many messages.

    It is if conversations are selected, or if the list of failures has the focus.
    """
    if inbox.is_conversation_in_use:
        return False
    listed = inbox.threads.view.failed and inbox.threads.has_focus
    return bool(inbox.threads.marked) or (listed and not inbox.message_view.selected_id)


async def ask_bulk_retry(
    inbox: InboxActions, message: Message | None, retry_single: Handler
) -> None:
    """Show how many messages would be sent again, and send them if the agent confirms.

    Args:
        inbox: Screen with the selected or listed conversations.
        message: Message under the cursor, which can be sent again alone instead.
        retry_single: Handler that sends only `message` again.
    """
    from tui.desk.bulk_retry import collect_failed

    batch = await collect_failed(
        inbox.store, inbox.app_context, await load_target_conversations(inbox)
    )
    single = None if inbox.threads.marked else _find_single_failure(inbox, message)
    if not batch.failed_count:
        inbox.show_status("Nothing has failed here: only failed messages are sent again")
    elif batch.failed_count == 1 and single is not None:
        await retry_single(inbox)
    else:
        _show_bulk_question(inbox, batch, single, retry_single)


def _show_bulk_question(
    inbox: InboxActions, batch: RetryBatch, single: FailedMessage | None, retry_single: Handler
) -> None:
    """Ask the question and do what the agent chooses."""
    from tui.desk.bulk_retry import format_left_out, format_quiet_hours
    from tui.screens.retry_all import RetryAllScreen, RetryChoice

    async def start_chosen(choice: RetryChoice | None) -> None:
        """Send all of them in the background, or only the single message."""
        if choice == RetryChoice.ALL:
            # Many messages take a while; the inbox stays usable meanwhile.
            inbox.run_worker(send_batch(inbox, batch), group="retry", exit_on_error=False)
        elif choice == RetryChoice.ONE:
            await retry_single(inbox)

    question = RetryAllScreen(
        batch,
        single,
        left_out=format_left_out(batch.left_out, _get_resolve_key(inbox)),
        quiet_hours_warning=format_quiet_hours(batch),
    )
    inbox.app.push_screen(question, start_chosen)


def _find_single_failure(inbox: InboxActions, message: Message | None) -> FailedMessage | None:
    """Return the failed message under the cursor, or None if there is none."""
    from tui.desk.bulk_retry import FailedMessage

    conversation = inbox.pane.conversation
    if conversation is None or message is None or find_retry_problem(message):
        return None
    return FailedMessage(conversation, message)


async def load_target_conversations(inbox: InboxActions) -> list[Conversation]:
    """Return the selected conversations; without a selection, those of the list."""
    if inbox.threads.marked:
        return await inbox.load_targets()
    return await inbox.store.conversations.list_after(
        inbox.threads.view, FIRST_POSITION, MAX_MARKED
    )


@report_store_errors
async def send_batch(inbox: InboxActions, batch: RetryBatch) -> None:
    """Send all messages again, and show progress and result."""
    from tui.desk.bulk_retry import format_result, retry_batch

    def show_progress(done: int, total: int) -> None:
        if done % _PROGRESS_INTERVAL == 0:
            inbox.show_status(f"Sending again: {done} of {total}")

    outcome = await retry_batch(inbox.store, inbox.app_context, inbox.actions, batch, show_progress)
    text = format_result(outcome, _get_resolve_key(inbox))
    if outcome.sent:
        inbox.actions.outgoing.register_batch_undo(outcome.sent)
        text = f"{text} · z cancels those not sent yet"
    await inbox.threads.prune_marks()
    inbox.show_key_hints()
    inbox.show_status(text)
    inbox.record_undo()


def _get_resolve_key(inbox: InboxActions) -> str:
    """Return the agent's key that resolves a message that is maybe sent."""
    return get_first_keys(inbox.app_context.commands)["resolve"]


def find_target_message(inbox: InboxActions) -> Message | None:
    """Return the message that a command is about, or None if there is none.

    The selected message; without a selection the newest unhandled failure, else the newest
    message that was sent.
    """
    view = inbox.message_view
    unhandled = [
        message
        for message in view.messages
        if message.status is not None and message.status.is_problem and not message.handled
    ]
    if view.selected_id or not unhandled:
        return view.target_message
    return unhandled[-1]


@command_handler("retry")
async def retry_failed(inbox: InboxActions) -> None:
    """Send failed messages again: all that are selected or listed as failed, or only one."""
    if is_bulk_retry(inbox):
        await ask_bulk_retry(inbox, find_target_message(inbox), retry_message)
    else:
        await retry_message(inbox)


async def retry_message(inbox: InboxActions) -> None:
    """Send one failed message again; for an uncertain one, ask what happened first."""
    message = find_target_message(inbox)
    problem = find_retry_problem(message)
    if message is None or problem:
        inbox.show_status(problem)
    # Sending it again without a question could deliver the message twice.
    elif message.status is Status.UNCERTAIN:
        _ask_uncertain(inbox, message)
    else:
        await retry_asked(inbox, message, None)


async def retry_asked(inbox: InboxActions, message: Message, route: Route | None) -> None:
    """Send a message again, after a question if the customer may be asleep then.

    Args:
        inbox: Screen that shows the conversation of the message.
        message: Message that failed.
        route: Route to use; None for the route of replies.
    """
    from tui.screens.questions import ConfirmScreen

    pane, app_context = inbox.compose_pane, inbox.app_context
    intent, question = await pane.prepare_retry(message, route)

    @report_store_errors
    async def send_confirmed(inbox: InboxActions, confirmed: bool | None) -> None:
        if confirmed:
            await pane.retry_message(intent)

    async def handle_answer(confirmed: bool | None) -> None:
        await send_confirmed(inbox, confirmed)

    if intent is None or not question:
        await pane.retry_message(intent)
    else:
        action = intent.describe_action(app_context.clock.now(), app_context.zone)
        inbox.app.push_screen(ConfirmScreen("Send again", question, action), handle_answer)


@command_handler("retry_through")
async def retry_through_route(inbox: InboxActions) -> None:
    """Send a failed message through an account and sender that the agent picks."""
    message = find_target_message(inbox)
    problem = find_retry_problem(message)
    if message is None or problem or not inbox.app_context.accounts:
        inbox.show_status(problem or NO_ACCOUNT.sentence)
    elif message.status is Status.UNCERTAIN:
        inbox.show_status(
            f"It may have been sent: resolve it first ({_get_resolve_key(inbox)}), "
            "then choose another account"
        )
    else:
        _pick_route(inbox, message)


def _pick_route(inbox: InboxActions, message: Message) -> None:
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
            await retry_asked(inbox, message, routes[int(picked.value)])

    screen = PickScreen("Retry through …", choices, verb="sends it", ascii=inbox.app_context.ascii)
    inbox.app.push_screen(screen, retry_on_route)


@command_handler("resolve")
async def resolve_message(inbox: InboxActions) -> None:
    """Resolve uncertain messages (sent, or send again), one or all; dismiss a failed one."""
    from tui.handlers.resolving import ask_bulk_resolve

    message = find_target_message(inbox)
    if is_bulk_retry(inbox) and await ask_bulk_resolve(inbox, message):
        return
    await resolve_single(inbox, message)


async def resolve_single(inbox: InboxActions, message: Message | None) -> None:
    """Resolve or dismiss the message under the cursor."""
    problem = find_retry_problem(message)
    if message is None or problem:
        inbox.show_status('Only "maybe sent" and failed messages can be resolved: g f lists them')
    elif message.status is Status.UNCERTAIN:
        _ask_uncertain(inbox, message)
    else:
        inbox.show_status(await inbox.actions.outgoing.dismiss_failure(message))


def _ask_uncertain(inbox: InboxActions, message: Message) -> None:
    """Ask whether the message was sent, and apply the choice."""
    from tui.screens.maybe_sent import MaybeSentScreen, UncertainChoice

    async def apply_choice(choice: UncertainChoice | None) -> None:
        """Record that the message was sent, or send it again."""
        if choice == UncertainChoice.WENT_OUT:
            inbox.show_status(await inbox.actions.outgoing.resolve_as_sent(message))
        elif choice == UncertainChoice.AGAIN:
            await retry_asked(inbox, message, None)

    inbox.app.push_screen(MaybeSentScreen(message), apply_choice)
