"""Implement `smsdesk bulk`: list, show, pause, resume and cancel texts to many people."""

import asyncio
import random
from argparse import Namespace

from tui.cli import context
from tui.cli.context import convert_store_errors
from tui.cli.errors import BAD_USE, DONE, FAILED, CommandError
from tui.cli.show import note_empty_result, pad_text, write_json, write_line
from tui.clock import SystemClock
from tui.desk.bulk_words import (
    bulk_to_json,
    format_bulk_line,
    format_progress,
    format_recipient_outcome,
    format_recipient_title,
    recipient_to_json,
)
from tui.domain.bulk_text import BulkState
from tui.domain.text import to_printable
from tui.settings.public import Preferences
from tui.startup.wiring import open_store
from tui.store.store import Store


def run(arguments: Namespace) -> int:
    """Run one of the actions.

    Args:
        arguments: Parsed arguments with `action`, `id`, `limit` and `json`.
    """
    if arguments.action != "list" and arguments.id is None:
        line = f"say which: smsdesk bulk {arguments.action} ID; smsdesk bulk list prints the ids"
        raise CommandError(line, BAD_USE)
    desk = context.load_public_settings(arguments)
    with convert_store_errors():
        return asyncio.run(_run_action(arguments, desk))


async def _run_action(arguments: Namespace, desk: Preferences) -> int:
    """Open the inbox and run the action."""
    async with open_store(desk, SystemClock(), random.Random()) as store:
        if arguments.action == "list":
            return await _list_texts(arguments, store)
        bulk = await store.bulk_texts.get(arguments.id)
        if bulk is None:
            line = f"there is no text to many {arguments.id}; see smsdesk bulk list"
            raise CommandError(line, BAD_USE)
        if arguments.action == "show":
            return await _show_text(arguments, store)
        texts = store.bulk_texts
        if arguments.action == "cancel":
            await texts.cancel(bulk.id, desk.agent)
        else:
            paused = arguments.action == "pause"
            await texts.set_paused(bulk.id, desk.agent, paused=paused)
        return await _show_state(arguments, store)


async def _list_texts(arguments: Namespace, store: Store) -> int:
    """Print one line for each text, the newest first."""
    found = await store.bulk_texts.list_newest(arguments.limit)
    counts = await store.bulk_texts.count_outcomes([bulk.id for bulk in found])
    now = SystemClock().now()
    if not found:
        note_empty_result(arguments, "there are no texts to many yet")
    for bulk in found:
        if arguments.json:
            write_json(bulk_to_json(bulk, counts[bulk.id]))
        else:
            write_line(f"{bulk.id:>4}  {format_bulk_line(bulk, counts[bulk.id], now, None)}")
    return DONE


async def _show_text(arguments: Namespace, store: Store) -> int:
    """Print a text and what became of each person."""
    bulk = await store.bulk_texts.get(arguments.id)
    assert bulk is not None
    if not arguments.json:
        write_line(to_printable(bulk.body))
        await _show_state(arguments, store)
    now = SystemClock().now()
    for one in await store.bulk_texts.list_recipients(bulk.id):
        if arguments.json:
            write_json(recipient_to_json(one))
        else:
            title = pad_text(format_recipient_title(one), 28)
            write_line(f"{title}  {format_recipient_outcome(one, now, None)}")
    return DONE


async def _show_state(arguments: Namespace, store: Store) -> int:
    """Print how far a text is; asking for a state that it has already is no error."""
    bulk = await store.bulk_texts.get(arguments.id)
    assert bulk is not None
    counts = (await store.bulk_texts.count_outcomes([bulk.id]))[bulk.id]
    if arguments.json:
        write_json(bulk_to_json(bulk, counts))
    else:
        write_line(format_progress(bulk, counts))
    wanted = {"pause": BulkState.PAUSED, "resume": BulkState.RUNNING, "cancel": BulkState.CANCELLED}
    state = wanted.get(arguments.action, bulk.state)
    return DONE if bulk.state is state else FAILED
