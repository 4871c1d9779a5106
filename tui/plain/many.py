"""Write one text to many conversations line by line, and follow, pause or cancel such texts."""

from dataclasses import replace

from tui.desk.bulk_actions import BulkActions
from tui.desk.bulk_plan import BulkOptions, BulkPlan, BulkTarget, list_targets, plan_bulk
from tui.desk.bulk_retry import format_left_out as format_retry_left_out
from tui.desk.bulk_retry import format_result, retry_batch
from tui.desk.bulk_words import (
    format_bulk_line,
    format_confirmation,
    format_left_out,
    format_options,
    format_progress,
    format_recipient_outcome,
    format_recipient_title,
    format_totals,
    list_previews,
    sort_recipients,
)
from tui.desk.send_checks import NO_ACCOUNT
from tui.domain.bulk_text import BulkText, NightChoice, Outcome
from tui.domain.conversation import Conversation
from tui.domain.text import format_count, one_line, to_printable
from tui.domain.typed_text import clean_typed_text, is_blank_text
from tui.plain.session import PLAIN_KEYS, PlainSession, line_handler
from tui.plain.writing import CANCEL_MARK, CANNED_MARK, END_MARK
from tui.store.conversations import FIRST_POSITION

_MOST_LISTED = 20
_MOST_WRITTEN_TO = 10_000
_ALL = "all"
_NIGHT_ORDER = tuple(NightChoice)
_HOW_TO_WRITE = (
    "many 1 3 5-7 writes one text to these conversations of the list, many all to all of it."
)


@line_handler("bulk_texts")
async def text_many(session: PlainSession, typed: str) -> None:
    """Write to the conversations that were named; without any, list the texts to many.

    Args:
        session: State of this agent's line-mode session.
        typed: Numbers of the list, as "1 3 5-7", or "all".
    """
    if not typed:
        await _choose_text(session)
    elif not session.context.accounts:
        session.dialog.write_line(f"{NO_ACCOUNT.sentence}.")
    elif rows := await _select_conversations(session, typed):
        await _write(session, list_targets(rows, session.context.accounts))


async def _select_conversations(session: PlainSession, typed: str) -> list[Conversation]:
    """Return the conversations that were named; show what is wrong if it is not a selection."""
    conversations = session.store.conversations
    if typed.casefold() == _ALL:
        rows = await conversations.list_after(session.view, FIRST_POSITION, _MOST_WRITTEN_TO)
        if not rows:
            session.dialog.write_line("The list is empty: v shows others.")
        return rows
    places = _parse_places(typed)
    if not places or max(places) > len(session.listed_items) or min(places) < 1:
        session.dialog.write_line(f"There are no such numbers in the list. {_HOW_TO_WRITE}")
        return []
    ids = dict.fromkeys(session.listed_items[place - 1].conversation_id for place in places)
    found = [await conversations.get(identity) for identity in ids]
    return [row for row in found if row is not None]


def _parse_places(typed: str) -> list[int]:
    """Return the numbers of "1 3 5-7"; empty if anything else was typed."""
    places: list[int] = []
    for word in typed.replace(",", " ").split():
        first, dash, last = word.partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()):
            return []
        end = int(last) if dash else int(first)
        places += range(int(first), min(end, int(first) + _MOST_WRITTEN_TO) + 1)
    return places


# Writing ------------------------------------------------------------------------------------


async def _write(session: PlainSession, targets: list[BulkTarget]) -> None:
    """Read the text, and send it to each person after one confirmation."""
    with session.dialog.delay_announcements():
        text = await _read_text(session, targets)
        if is_blank_text(text):
            session.dialog.write_line("Nothing was sent.")
            return
        plan = await _confirm(session, targets, text)
    if plan is None:
        session.dialog.write_line("Nothing was sent.")
        return
    _, line = await _create_actions(session).start(plan)
    session.dialog.write_line(f"{line}. many shows how far it is.")


async def _read_text(session: PlainSession, targets: list[BulkTarget]) -> str:
    """Return the text that the agent writes; empty if it was cancelled."""
    session.dialog.write_line(
        f"Write to {format_count(len(targets), 'conversation')}; {{first_name}} and other fields"
        f" are filled. A single {END_MARK} ends it, a single {CANCEL_MARK} cancels it,"
        f" {CANNED_MARK} takes a canned reply."
    )
    lines: list[str] = []
    while (line := await session.dialog.ask_line("> ")) != END_MARK:
        if line == CANCEL_MARK:
            return ""
        lines += await _read_canned_reply(session) if line == CANNED_MARK else [line]
    return clean_typed_text("\n".join(lines)).strip()


async def _read_canned_reply(session: PlainSession) -> list[str]:
    """Return the lines of a canned reply with its fields, which are filled for each person."""
    replies = await session.store.templates.list_in_order(session.context.agent)
    names = [one_line(reply.name, 40) for reply in replies]
    place = await session.dialog.choose_item("Canned replies", names) if names else None
    return replies[place].body.split("\n") if place is not None else []


async def _confirm(session: PlainSession, targets: list[BulkTarget], text: str) -> BulkPlan | None:
    """Show the plan until the agent confirms it; return None if it is not sent."""
    options = BulkOptions()
    context, dialog = session.context, session.dialog
    while True:
        now = context.clock.now()
        parts = (session.store, context.preferences, targets, text, options, now, context.zone)
        plan = await plan_bulk(*parts)
        for one in list_previews(plan):
            dialog.write_line(f"To {one.title}: {to_printable(one.recipient.body)}")
        dialog.write_line(f"{format_totals(plan, context.preferences.bulk_per_minute)}.")
        for line in [*format_options(plan, "q", "s"), format_left_out(plan)]:
            if line:
                dialog.write_line(f"{line}.")
        dialog.write_line(f"{format_confirmation(plan, 'y', now, context.zone)}.")
        prompt = "y, n, q or s: " if plan.going else "n, q or s: "
        answer = (await dialog.ask_line(prompt)).strip().lower()
        if answer == "q" and plan.in_quiet_hours:
            place = (_NIGHT_ORDER.index(options.night) + 1) % len(_NIGHT_ORDER)
            options = replace(options, night=_NIGHT_ORDER[place])
        elif answer == "s" and plan.with_same_text:
            options = replace(options, again=not options.again)
        else:
            return plan if answer in ("y", "yes") and plan.going else None


def _create_actions(session: PlainSession) -> BulkActions:
    """Return the actions of the agent."""
    return BulkActions(session.store, session.context, session.actions.remember_undo)


# Texts that were started --------------------------------------------------------------------


async def _choose_text(session: PlainSession) -> None:
    """Number the texts to many; show the chosen one and ask what to do with it."""
    texts, context = session.store.bulk_texts, session.context
    found = await texts.list_newest(_MOST_LISTED)
    if not found:
        session.dialog.write_line(f"No text to many yet. {_HOW_TO_WRITE}")
        return
    counts = await texts.count_outcomes([bulk.id for bulk in found])
    now, zone = context.clock.now(), context.zone
    lines = [format_bulk_line(bulk, counts[bulk.id], now, zone) for bulk in found]
    place = await session.dialog.choose_item("Texts to many", lines)
    if place is not None:
        await _handle_text(session, found[place])


async def _handle_text(session: PlainSession, bulk: BulkText) -> None:
    """Show who got a text, and do what the agent chooses."""
    context, dialog, texts = session.context, session.dialog, session.store.bulk_texts
    counts = (await texts.count_outcomes([bulk.id]))[bulk.id]
    dialog.write_line(to_printable(bulk.body))
    dialog.write_line(f"{format_progress(bulk, counts)}.")
    recipients = sort_recipients(await texts.list_recipients(bulk.id))
    now = context.clock.now()
    for one in recipients[:_MOST_LISTED]:
        outcome = format_recipient_outcome(one, now, context.zone)
        dialog.write_line(f"{format_recipient_title(one)}: {outcome}.")
    if len(recipients) > _MOST_LISTED:
        more = len(recipients) - _MOST_LISTED
        dialog.write_line(f"{more} more: smsdesk bulk show {bulk.id} lists all.")
    choices = [] if bulk.state.is_over else ["Pause or resume it", "Cancel what was not sent"]
    choices += ["Send the failed ones again"] if counts[Outcome.FAILED] else []
    place = await dialog.choose_item("What to do", choices) if choices else None
    actions = _create_actions(session)
    if place is None:
        return
    if choices[place].startswith("Pause"):
        dialog.write_line(f"{await actions.toggle_pause(bulk.id)}.")
    elif choices[place].startswith("Cancel"):
        dialog.write_line(f"{await actions.cancel(bulk.id)}.")
    else:
        batch = await actions.collect_retry(recipients)
        key = PLAIN_KEYS["resolve"]
        result = await retry_batch(
            *(session.store, context, session.actions, batch), lambda done, total: None
        )
        left_out = format_retry_left_out(batch.left_out, key)
        dialog.write_line(f"{format_result(result, key)}.{f' {left_out}.' if left_out else ''}")
