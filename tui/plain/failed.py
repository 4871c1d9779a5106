"""Resolve failed and uncertain messages, one by one or all together."""

from tui.desk import format
from tui.desk.bulk_resolve import (
    collect_uncertain,
    format_uncertain_batch,
    format_uncertain_reasons,
    list_resolve_choices,
    look_up_all,
    resolve_all_as_sent,
)
from tui.desk.bulk_retry import (
    RetryBatch,
    collect_failed,
    format_batch,
    format_left_out,
    format_quiet_hours,
    format_reasons,
    format_result,
    retry_batch,
)
from tui.desk.routes import (
    Route,
    choose_default_route,
    format_route,
    format_route_detail,
    list_routes,
)
from tui.desk.send_attempt import NotSentError, create_retry_intent
from tui.domain.conversation import View
from tui.domain.failure_advice import find_retry_problem, recommend_step
from tui.domain.message import Message
from tui.domain.status import Status
from tui.domain.text import one_line, to_printable
from tui.plain.lines import format_message_line
from tui.plain.reading import show_new_messages
from tui.plain.session import PLAIN_KEYS, PlainSession, line_handler
from tui.store.conversations import FIRST_POSITION

_UNCERTAIN_CHOICES = (
    "It was sent: nothing more is sent",
    "Send it again: if the first was sent, the customer gets it twice",
)
_FAILED_CHOICES = ("Send it again", "Send it through another account")
_CHOICE_NUMBERS = {"retry": "1", "retry_through": "2", "resolve": ""}
"""What to type here for a recommended command; a failed message cannot be resolved here."""


@line_handler("resolve")
async def handle_failed(session: PlainSession, typed: str) -> None:
    """Resolve a failed or uncertain message of the open conversation.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    found = await session.store.messages.list_failed(session.current.id)
    if not found:
        session.dialog.write_line("No failed message here: l, then f lists them.")
        return
    title = format.format_title(session.current)
    texts = [format_message_line(message, title, session.context) for message in found]
    place = (
        0
        if len(found) == 1
        else await session.dialog.choose_item("Failed or maybe sent", texts, typed)
    )
    if place is not None:
        if len(found) == 1:
            session.dialog.write_line(texts[0])
        await _handle_message(session, found[place])


async def _handle_message(session: PlainSession, message: Message) -> None:
    """Show the choices for one message."""
    problem = find_retry_problem(message, PLAIN_KEYS["show_failed"])
    if problem:
        session.dialog.write_line(f"{problem}.")
    elif message.status is Status.UNCERTAIN:
        reason = one_line(message.reason, 200) or "The provider did not answer after it was sent"
        session.dialog.write_line(f"Maybe sent. {reason}.")
        await _resolve_uncertain(session, message)
    else:
        session.dialog.write_line(_format_advice(session, message))
        await _choose_retry(session, message)


def _format_advice(session: PlainSession, message: Message) -> str:
    """Return the recommended next step, with the key of line mode."""
    step = recommend_step(message, several_accounts=len(session.context.accounts) > 1)
    if step is None:
        return "No advice."
    key = {**PLAIN_KEYS, **_CHOICE_NUMBERS}.get(step.command, "")
    return f"Best: {f'{key} ' if key else ''}{step.text}."


async def _resolve_uncertain(session: PlainSession, message: Message) -> None:
    """Ask whether an uncertain message was sent."""
    place = await session.dialog.choose_item("Your decision", _UNCERTAIN_CHOICES)
    if place == 0:
        session.dialog.write_line(f"{await session.actions.outgoing.resolve_as_sent(message)}.")
    elif place == 1:
        await _retry_message(
            session, message, choose_default_route(session.context.accounts, session.current)
        )


async def _choose_retry(session: PlainSession, message: Message) -> None:
    """Ask whether to retry by the same route or another one."""
    place = await session.dialog.choose_item("What next", _FAILED_CHOICES)
    if place == 0:
        await _retry_message(
            session, message, choose_default_route(session.context.accounts, session.current)
        )
    elif place == 1:
        routes = list_routes(session.context.accounts, message.account)
        names = [
            f"{format_route(route)}, {format_route_detail(route, message.account)}"
            for route in routes
        ]
        chosen = await session.dialog.choose_item("Routes", names)
        if chosen is not None:
            await _retry_message(session, message, routes[chosen])


async def _retry_message(session: PlainSession, message: Message, route: Route | None) -> None:
    """Queue the message as a new one, unless a check fails."""
    if await show_new_messages(session):
        session.dialog.write_line("That came in meanwhile: f again sends anyway.")
        return
    row, now = session.current, session.context.clock.now()
    intent = create_retry_intent(message, route, row.address, now)
    if question := await session.submit.find_retry_question(row, intent):
        session.dialog.write_line(f"{question}.")
        action = f"y {intent.describe_action(now, session.context.zone)}"
        if not await session.dialog.ask_yes_no(f"Send it again? {action}."):
            session.dialog.write_line("Not sent again.")
            return
    try:
        sent = await session.submit.retry_message(row, intent, session.seen_upto)
    except NotSentError as problem:
        session.dialog.write_line(f"{one_line(str(problem), 300)}.")
        return
    session.dialog.write_line(f"Once more: {to_printable(message.summary)}")
    session.report_sent(sent)


_RESOLVE_ORDER = ("went out", "again", "look up")


@line_handler("resolve_all")
async def resolve_all_uncertain(session: PlainSession, typed: str) -> None:
    """Ask what became of all messages that are maybe sent, and resolve them together."""
    store, context = session.store, session.context
    rows = await store.conversations.list_after(
        View(failed=True), FIRST_POSITION, _CONVERSATION_LIMIT
    )
    batch = await collect_uncertain(store, context, rows)
    if not batch.messages:
        session.dialog.write_line("Nothing is maybe sent.")
        return
    again = await collect_failed(store, context, batch.conversations, uncertain=True)
    for line in (format_uncertain_batch(batch), *format_uncertain_reasons(batch)):
        session.dialog.write_line(f"{line}.")
    texts = list_resolve_choices(batch, again)
    names = [name for name in _RESOLVE_ORDER if name in texts]
    place = await session.dialog.choose_item("What became of them", [texts[n] for n in names])
    choice = "" if place is None else names[place]
    if choice == "went out":
        remember = session.actions.remember_undo
        line = await resolve_all_as_sent(store, context.agent, batch, remember)
        session.dialog.write_line(f"{line}.")
    elif choice == "look up":
        session.dialog.write_line(f"{await look_up_all(store, batch)}.")
    elif choice == "again":
        await _send_batch(session, again)


_CONVERSATION_LIMIT = 1_000
_PROGRESS_STEP = 100


@line_handler("retry_all")
async def retry_all_failed(session: PlainSession, typed: str) -> None:
    """Show what would be sent again and what is skipped, and send it on confirmation.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    store, context = session.store, session.context
    rows = await store.conversations.list_after(
        View(failed=True), FIRST_POSITION, _CONVERSATION_LIMIT
    )
    batch = await collect_failed(store, context, rows)
    if not batch.failed_count:
        session.dialog.write_line("Nothing has failed: n opens the longest wait.")
        return
    session.dialog.write_line(f"{format_batch(batch)}.")
    resolve_key = PLAIN_KEYS["resolve"]
    left_out = format_left_out(batch.left_out, resolve_key)
    asleep = format_quiet_hours(batch)
    for line in (*format_reasons(batch), left_out, asleep):
        if line:
            session.dialog.write_line(f"{line}.")
    if not batch.to_retry or not await session.dialog.ask_yes_no("Send all of them again?"):
        session.dialog.write_line("Nothing was sent: f lists them, a number opens one.")
        return
    await _send_batch(session, batch)


async def _send_batch(session: PlainSession, batch: RetryBatch) -> None:
    """Send the messages of a batch again, and report what became of them."""

    def report_progress(done: int, total: int) -> None:
        if done and done % _PROGRESS_STEP == 0:
            session.dialog.write_line(f"{done} of {total}.")

    outcome = await retry_batch(
        session.store, session.context, session.actions, batch, report_progress
    )
    for sent in outcome.sent:
        session.shown_status[sent.id] = ""
    result = format_result(outcome, PLAIN_KEYS["resolve"])
    if outcome.sent:
        session.actions.outgoing.register_batch_undo(outcome.sent)
        result = f"{result}. z cancels those not sent yet"
    session.dialog.write_line(f"{result}.")
