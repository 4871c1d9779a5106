"""Implement `smsdesk send` to many: plan one text to each, start it, and follow it."""

import asyncio
import contextlib
import random
import sys
from argparse import Namespace
from pathlib import Path

from tui.cli import context
from tui.cli.context import convert_store_errors
from tui.cli.errors import BAD_USE, DONE, FAILED, TIMED_OUT, CommandError
from tui.cli.send import choose_account, know_accounts, parse_recipient, read_text
from tui.cli.show import write_json, write_line
from tui.clock import Clock, SystemClock
from tui.desk.bulk_plan import BulkOptions, BulkPlan, BulkTarget, create_bulk, plan_bulk
from tui.desk.bulk_words import (
    bulk_to_json,
    format_confirmation,
    format_left_out,
    format_progress,
    format_totals,
    list_previews,
    plan_to_json,
)
from tui.desk.routes import Route, choose_default_route
from tui.desk.send_checks import NO_ACCOUNT, find_empty_text
from tui.domain.bulk_text import BulkText, NightChoice, Outcome
from tui.domain.phone import Address
from tui.domain.text import one_line, to_printable
from tui.settings.public import Preferences
from tui.startup.wiring import open_store
from tui.store.conversations import FIRST_POSITION
from tui.store.store import Store

MOST_RECIPIENTS = 10_000
_POLL_SECONDS = 1.0
_COMMENT = "#"


def run(arguments: Namespace) -> int:
    """Plan the text and, without `--dry-run`, start it.

    Args:
        arguments: Parsed arguments of `send` that name several people.
    """
    desk = know_accounts(context.load_public_settings(arguments))
    text = read_text(arguments.text)
    for refusal in (None if desk.accounts else NO_ACCOUNT, find_empty_text(text)):
        if refusal:
            raise CommandError(f"{refusal.reason}: nothing was queued; {refusal.remedy}", BAD_USE)
    clock = SystemClock()
    with convert_store_errors():
        return asyncio.run(_plan_and_start(arguments, desk, text, clock, random.Random()))


async def _plan_and_start(
    arguments: Namespace, desk: Preferences, text: str, clock: Clock, rng: random.Random
) -> int:
    """Show the plan, or start it and follow it if `--wait` is given."""
    async with open_store(desk, clock, rng) as store:
        targets = await _collect_targets(arguments, desk, store)
        night = NightChoice.ANYWAY if arguments.anyway else _get_night(arguments)
        options = BulkOptions(night, arguments.again)
        plan = await plan_bulk(store, desk, targets, text, options, clock.now())
        _show_plan(plan, arguments, desk, clock)
        if arguments.dry_run:
            return DONE
        if not plan.going:
            raise CommandError("no one would get it: nothing was queued", BAD_USE)
        bulk = await store.bulk_texts.start(
            *create_bulk(plan, desk.agent, pace=desk.bulk_per_minute, starts_at=clock.now())
        )
        if arguments.json:
            counts = await store.bulk_texts.count_outcomes([bulk.id])
            write_json(bulk_to_json(bulk, counts[bulk.id]))
        else:
            write_line(f"started    text to many {bulk.id}: smsdesk bulk show {bulk.id}")
        accounts = sorted(plan.count_parts_by_account())
        if arguments.wait:
            return await _follow(store, bulk, accounts, arguments, clock, rng)
        if not any([await store.leases.get_holder(name) for name in accounts]):
            line = (
                "no process is sending now: it waits for an open inbox, `smsdesk sync`, or --wait"
            )
            print(f"smsdesk: {line}", file=sys.stderr)
        return DONE


def _get_night(arguments: Namespace) -> NightChoice:
    """Return what happens with people in quiet hours."""
    return NightChoice(arguments.quiet_hours.replace("-", "_"))


# Who gets it --------------------------------------------------------------------------------


async def _collect_targets(
    arguments: Namespace, desk: Preferences, store: Store
) -> list[BulkTarget]:
    """Return everyone whom the arguments name; raise `CommandError` for what is no number."""
    typed = [(number, "") for number in arguments.to or ()]
    if arguments.to_file:
        typed += _read_numbers(arguments.to_file)
    targets = []
    for number, where in typed:
        try:
            address = parse_recipient(number, arguments.account, desk)
        except CommandError as error:
            raise CommandError(f"{where}{error.line}", BAD_USE) from None
        targets.append(await _find_target(address, arguments, desk, store))
    if arguments.to_view:
        targets += await _list_view(arguments, desk, store)
    if len(targets) > MOST_RECIPIENTS:
        line = f"{len(targets)} people are more than {MOST_RECIPIENTS}: nothing was queued"
        raise CommandError(line, BAD_USE)
    return targets


def _read_numbers(path: Path) -> list[tuple[str, str]]:
    """Return the numbers of a file, one a line, each with its place for an error."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        line = f"cannot read {one_line(str(path), 200)}: {reason}; nothing was queued"
        raise CommandError(line, BAD_USE) from None
    found = []
    for place, line in enumerate(lines, 1):
        number = line.partition(_COMMENT)[0].strip()
        if number:
            found.append((number, f"line {place}: "))
    return found


async def _find_target(
    address: Address, arguments: Namespace, desk: Preferences, store: Store
) -> BulkTarget:
    """Return a number as a person to write to."""
    conversation = await store.conversations.find_by_address(address)
    account = choose_account(arguments.account, desk, conversation)
    route = choose_default_route([account], conversation) if conversation else None
    return BulkTarget(
        address.e164 or address.raw,
        conversation.party if conversation else address.conversation_key,
        conversation,
        route or Route(account, next(iter(account.senders), "")),
    )


async def _list_view(arguments: Namespace, desk: Preferences, store: Store) -> list[BulkTarget]:
    """Return the conversations of a saved view as people to write to."""
    saved = {view.name: view.view for view in await store.views.list_views(desk.agent)}
    if arguments.to_view not in saved:
        known = ", ".join(one_line(name, 30) for name in saved) or "none is saved"
        line = f'there is no view "{one_line(arguments.to_view, 60)}"; known: {known}'
        raise CommandError(line, BAD_USE)
    rows = await store.conversations.list_after(
        saved[arguments.to_view], FIRST_POSITION, MOST_RECIPIENTS + 1
    )
    accounts = [choose_account(arguments.account, desk, row) for row in rows]
    return [
        BulkTarget(row.address, row.party, row, choose_default_route([account], row))
        for row, account in zip(rows, accounts, strict=True)
    ]


# What is shown ------------------------------------------------------------------------------


def _show_plan(plan: BulkPlan, arguments: Namespace, desk: Preferences, clock: Clock) -> None:
    """Print who gets what, and who is left out and why."""
    if arguments.json:
        if arguments.dry_run:
            write_json(plan_to_json(plan))
        return
    if arguments.dry_run:
        for one in list_previews(plan):
            write_line(f"to {one.title}: {to_printable(one.recipient.body)}")
        write_line(format_totals(plan, desk.bulk_per_minute))
        if plan.going:
            verb = "Without --dry-run it"
            write_line(format_confirmation(plan, verb, clock.now(), None))
    if left_out := format_left_out(plan):
        print(f"smsdesk: {left_out[:1].lower()}{left_out[1:]}", file=sys.stderr)


async def _follow(
    store: Store,
    bulk: BulkText,
    accounts: list[str],
    arguments: Namespace,
    clock: Clock,
    rng: random.Random,
) -> int:
    """Print the progress until each text was handed on; serve the accounts if no one does."""
    end = clock.monotonic() + arguments.timeout if arguments.timeout is not None else None
    shown = ""
    async with contextlib.AsyncExitStack() as stack:
        if not any([await store.leases.get_holder(name) for name in accounts]):
            await _serve(stack, store, accounts, arguments, clock, rng)
        while True:
            current = await store.bulk_texts.get(bulk.id) or bulk
            counts = (await store.bulk_texts.count_outcomes([bulk.id]))[bulk.id]
            line = format_progress(current, counts)
            if line != shown:
                shown = line
                write_json(bulk_to_json(current, counts)) if arguments.json else write_line(line)
            if current.state.is_over and not counts[Outcome.SENDING]:
                return FAILED if counts[Outcome.FAILED] or counts[Outcome.CANCELLED] else DONE
            if end is not None and clock.monotonic() >= end:
                return TIMED_OUT
            await clock.sleep(_POLL_SECONDS)


async def _serve(
    stack: contextlib.AsyncExitStack,
    store: Store,
    names: list[str],
    arguments: Namespace,
    clock: Clock,
    rng: random.Random,
) -> None:
    """Serve the accounts from now on."""
    from tui.settings.load import to_public_accounts
    from tui.startup.background import run_service
    from tui.startup.sync_setup import create_feed, get_polling_pace
    from tui.startup.wiring import open_accounts

    settings = context.load_full_settings(arguments)
    accounts = open_accounts(settings, clock)
    for other in [account for account in accounts if account.name not in names]:
        await other.provider.aclose()
    service = run_service(
        *(store, [account for account in accounts if account.name in names], clock, rng),
        kind="desk",
        agent=settings.agent,
        pace=get_polling_pace(settings),
        feed=create_feed(store, settings, to_public_accounts(settings), clock),
    )
    await stack.enter_async_context(service)
