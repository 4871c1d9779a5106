"""Ask what became of many messages that are maybe sent, and do what the agent chooses."""

from __future__ import annotations

from tui.domain.message import Message
from tui.domain.status import Status
from tui.domain.text import one_line
from tui.handlers.common import InboxActions
from tui.handlers.failed import load_target_conversations, resolve_single, send_batch
from tui.screens.base import report_store_errors


async def ask_bulk_resolve(inbox: InboxActions, message: Message | None) -> bool:
    """Ask what became of all messages that are maybe sent; return False if there is at most one.

    Args:
        inbox: Screen with the selected or listed conversations.
        message: Message under the cursor, which can be resolved alone instead.
    """
    from tui.desk.bulk_resolve import (
        collect_uncertain,
        format_uncertain_batch,
        format_uncertain_reasons,
        list_resolve_choices,
        look_up_all,
        resolve_all_as_sent,
    )
    from tui.desk.bulk_retry import collect_failed
    from tui.screens.maybe_sent import ResolveAllChoice, ResolveAllScreen

    store, context = inbox.store, inbox.app_context
    batch = await collect_uncertain(store, context, await load_target_conversations(inbox))
    if len(batch.messages) <= 1:
        return False
    again = await collect_failed(store, context, batch.conversations, uncertain=True)
    choices = {
        ResolveAllChoice(name): text for name, text in list_resolve_choices(batch, again).items()
    }
    if message is not None and message.status is Status.UNCERTAIN and not inbox.threads.marked:
        choices[ResolveAllChoice.ONE] = f"Only this one. {one_line(message.summary, 50)}"

    @report_store_errors
    async def apply_choice(inbox: InboxActions, choice: ResolveAllChoice | None) -> None:
        """Do what the agent chose for all of them."""
        if choice == ResolveAllChoice.WENT_OUT:
            remember = inbox.actions.remember_undo
            inbox.show_status(await resolve_all_as_sent(store, context.agent, batch, remember))
            inbox.record_undo()
        elif choice == ResolveAllChoice.AGAIN:
            inbox.run_worker(send_batch(inbox, again), group="retry", exit_on_error=False)
        elif choice == ResolveAllChoice.LOOK_UP:
            inbox.show_status(await look_up_all(store, batch))
        elif choice == ResolveAllChoice.ONE:
            await resolve_single(inbox, message)

    async def answer(choice: ResolveAllChoice | None) -> None:
        await apply_choice(inbox, choice)

    question = ResolveAllScreen(
        format_uncertain_batch(batch), format_uncertain_reasons(batch), choices
    )
    inbox.app.push_screen(question, answer)
    return True
