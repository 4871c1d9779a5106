"""Implement `smsdesk held`: list, show, retry and dismiss what arrived and could not be used."""

import asyncio
import os
import random
import sys
from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.cli import context
from tui.cli.errors import BAD_USE, DONE, FAILED, CommandError
from tui.cli.show import note_empty_result, pad_text, write_json, write_line
from tui.clock import SystemClock
from tui.desk.format import format_date_time
from tui.desk.held_text import (
    HeldRetryError,
    format_content,
    format_excerpt,
    format_group,
    format_retry_result,
    held_item_to_json,
    list_facts,
)
from tui.domain.arrivals import ArrivalState, HeldItem
from tui.domain.text import one_line, to_printable
from tui.store.reader import InboxReader

if TYPE_CHECKING:
    from tui.startup.served_settings import ServedSettings

_MOST_SELECTED = 10_000


def run(arguments: Namespace) -> int:
    """Run one of the four actions.

    Args:
        arguments: Parsed arguments with `action`, `ids`, `account`, `all`, `done`, `limit`
            and `json`.
    """
    _check_selection(arguments)
    with context.open_reader(arguments) as reader:
        if arguments.action == "list":
            return _list_items(reader, arguments)
        items = _select_items(reader, arguments) if reader else []
    if arguments.action == "show":
        return _show_items(items, arguments)
    if not items:
        write_line("Nothing is held")
        return DONE
    run_action = _retry_items if arguments.action == "retry" else _dismiss_items
    return asyncio.run(run_action(arguments, items))


def _check_selection(arguments: Namespace) -> None:
    """Raise `CommandError` unless the arguments name the items that the action is about."""
    if arguments.action == "list" or arguments.ids:
        return
    if arguments.action == "show":
        raise CommandError("name the item to show; smsdesk held list prints the ids", BAD_USE)
    if not arguments.all and not arguments.account:
        line = f"say which: smsdesk held {arguments.action} ID, --account NAME, or --all"
        raise CommandError(line, BAD_USE)


def _list_items(reader: InboxReader | None, arguments: Namespace) -> int:
    """Print the items, one line each, and how many there are of each reason."""
    if reader is None:
        return DONE
    items = reader.list_held(arguments.account, arguments.limit, done=arguments.done)
    if not items:
        note_empty_result(arguments, "nothing was held" if arguments.done else "nothing is held")
    if arguments.json:
        for item in items:
            write_json(held_item_to_json(item))
        return DONE
    for item in items:
        write_line(_format_row(item))
    if not arguments.done:
        for group in reader.summarize_held():
            if arguments.account in (None, group.account):
                print(f"{one_line(group.account, 40)}: {format_group(group)}", file=sys.stderr)
    return DONE


def _format_row(item: HeldItem) -> str:
    """Return the line of one item: id, time, account, reason and the beginning of its content."""
    account = pad_text(one_line(item.account, 16), 16)
    reason = "taken in" if item.state is ArrivalState.RETAKEN else item.state.value
    if item.state is ArrivalState.HELD:
        reason = item.reason.text
    return (
        f"{item.id:>6}  {format_date_time(item.received_at)}  {account}"
        f"  {one_line(reason, 60)}  {format_excerpt(item.arrival)}"
    )


def _show_items(items: Sequence[HeldItem], arguments: Namespace) -> int:
    """Print all of each item."""
    for item in items:
        if arguments.json:
            write_json(held_item_to_json(item))
            continue
        for line in [f"Item     {item.id}", *list_facts(item), ""]:
            write_line(line)
        for line in format_content(item.arrival).split("\n"):
            write_line(f"  {line}")
    return DONE


def _select_items(reader: InboxReader, arguments: Namespace) -> list[HeldItem]:
    """Return the items that the arguments name; raise `CommandError` for an unknown id."""
    if arguments.ids:
        return [_get_item(reader, identity) for identity in arguments.ids]
    return reader.list_held(arguments.account, _MOST_SELECTED)


def _get_item(reader: InboxReader, identity: int) -> HeldItem:
    """Return the item with an id."""
    item = reader.get_held(identity)
    if item is None:
        raise CommandError(f"there is no held item {identity}; see smsdesk held list", BAD_USE)
    return item


async def _retry_items(arguments: Namespace, items: Sequence[HeldItem]) -> int:
    """Read the items again with the settings of now."""
    from tui.startup.retry_held import create_held_retry
    from tui.startup.wiring import open_store

    desk, clock, rng = context.load_public_settings(arguments), SystemClock(), random.Random()
    waiting = [item for item in items if item.state is not ArrivalState.RETAKEN]
    with context.convert_store_errors():
        async with open_store(desk, clock, rng) as store:
            retry = create_held_retry(store, lambda: _load_settings(arguments), clock, desk.agent)
            try:
                result = await retry(waiting)
            except HeldRetryError as error:
                raise CommandError(to_printable(str(error)), BAD_USE) from None
    write_line(format_retry_result(result))
    return FAILED if result.still_held else DONE


def _load_settings(arguments: Namespace) -> "ServedSettings":
    """Return the settings with their secrets, as they are now."""
    from tui.startup.served_settings import make_served_settings

    return make_served_settings(context.load_full_settings(arguments), os.environ)


async def _dismiss_items(arguments: Namespace, items: Sequence[HeldItem]) -> int:
    """Dismiss the items; the record of who dismissed them stays."""
    from tui.startup.wiring import open_store

    desk, clock = context.load_public_settings(arguments), SystemClock()
    with context.convert_store_errors():
        async with open_store(desk, clock, random.Random()) as store:
            count = await store.held_items.dismiss([item.id for item in items], desk.agent)
    write_line(f"{count} dismissed; smsdesk held list --done still shows them")
    return DONE
