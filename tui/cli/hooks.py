"""Implement `smsdesk hooks`: show the hooks and webhooks, how far they are, and what went wrong."""

import asyncio
import os
import random
from argparse import Namespace
from collections.abc import Mapping
from typing import Any

from tui.cli import context
from tui.cli.errors import BAD_USE, DONE, CommandError
from tui.cli.show import write_json, write_line
from tui.clock import SystemClock
from tui.desk.format import format_date_time
from tui.domain.change import JournalKind
from tui.domain.json_fields import format_iso_time
from tui.domain.text import format_count, one_line
from tui.settings.public import Preferences
from tui.startup.operator_settings import get_deliveries
from tui.startup.wiring import open_store
from tui.store.errors import EventsGoneError
from tui.store.store import Store
from tui.store.target_rows import EventTarget, FailedRun

_FAILURES_SHOWN = 20
_MOST_COUNTED = 10_000
_KINDS = frozenset(kind.value for kind in JournalKind)


def run(arguments: Namespace) -> int:
    """List the targets, or change one of them.

    Args:
        arguments: Parsed arguments with `action`, `name` and `json`.
    """
    desk = context.load_public_settings(arguments)
    if arguments.action != "list" and not arguments.name:
        line = f'say which, as listed: smsdesk hooks {arguments.action} "webhook NAME"'
        raise CommandError(line, BAD_USE)
    with context.open_reader(arguments) as reader:
        if reader is None:
            return DONE

    async def act() -> int:
        async with open_store(desk, SystemClock(), random.Random()) as store:
            if arguments.action == "list":
                return await _list_targets(store, desk, arguments)
            return await _change_target(store, arguments)

    with context.convert_store_errors():
        return asyncio.run(act())


async def _change_target(store: Store, arguments: Namespace) -> int:
    """Post the next event again, pass over what waits, or forget a target."""
    targets, name = store.event_targets, arguments.name
    changes = {
        "retry": (targets.retry_now, "is tried again now, by the process that serves hooks"),
        "skip": (targets.skip_all, "goes on with what happens from now on"),
        "forget": (targets.forget_target, "is forgotten"),
    }
    change, done = changes[arguments.action]
    if not await change(name):
        shown = one_line(name, 60)
        line = f'there is no "{shown}"; smsdesk hooks lists them, as "hook reply"'
        raise CommandError(line, BAD_USE)
    write_line(f"{one_line(name, 60)} {done}")
    return DONE


async def _list_targets(store: Store, desk: Preferences, arguments: Namespace) -> int:
    """Print every target of the settings and of the store, and the newest failures."""
    known = {target.name: target for target in await store.event_targets.list_targets()}
    places = {f"hook {name}": words[0] for name, words in desk.hooks.items()}
    # The address can hold a secret.
    places |= {f"webhook {name}": "posts" for name in desk.webhooks}
    last = await store.journal.get_last_id()
    failures = await store.event_targets.list_failed_runs(_FAILURES_SHOWN)
    if arguments.json:
        for name in sorted({*known, *places}):
            write_json(_to_json(name, known.get(name), places, last, failures))
        return DONE
    if not known and not places:
        write_line("There are no hooks: smsdesk help events says how to set one")
    for name in sorted({*known, *places}):
        target = known.get(name)
        waiting = await _count_waiting(store, desk, target) if name in places and target else 0
        write_line(_format_target(name, target, places, waiting))
    for run in failures:
        line = f"failed  {format_date_time(run.at)}  {run.target}  event {run.event_id}: {run.line}"
        write_line(one_line(line, 400))
    return DONE


async def _count_waiting(store: Store, desk: Preferences, target: EventTarget) -> int:
    """Return how many of the next events concern a target."""
    settings = get_deliveries(desk, os.environ)
    if settings is None:
        return 0
    try:
        entries = await store.journal.list_entries(target.position, _MOST_COUNTED)
    except EventsGoneError:
        return 0
    return sum(settings.wants(target.name, entry) for entry in entries)


def _format_target(
    name: str, target: EventTarget | None, places: Mapping[str, str], waiting: int
) -> str:
    """Return the line of one target."""
    parts = [name, places.get(name, "not in these settings")]
    kind, _, own = name.partition(" ")
    if kind == "hook" and own not in _KINDS:
        parts.append("run by rules")
    if target is None:
        parts.append("begins with the next smsdesk sync or inbox")
    else:
        verb = "waits" if waiting == 1 else "wait"
        more = f"{format_count(waiting, 'event')} {verb}" if waiting else "nothing waits"
        parts.append(f"after event {target.position}, {more}")
        if target.failing_since:
            since = format_date_time(target.failing_since)
            parts.append(f"failing since {since}, {format_count(target.attempts, 'attempt')}")
        if target.line:
            parts.append(target.line)
    return one_line("  ".join(parts), 400)


def _to_json(
    name: str,
    target: EventTarget | None,
    places: Mapping[str, str],
    last: int,
    failures: list[FailedRun],
) -> dict[str, Any]:
    """Return one target as a JSON object."""
    return {
        "name": name,
        "configured": name in places,
        "position": target.position if target else None,
        "newest_event": last,
        "attempts": target.attempts if target else 0,
        "failing_since": format_iso_time(target.failing_since) if target else None,
        "next_try_at": format_iso_time(target.next_try_at) if target else None,
        "line": target.line if target else "",
        "failures": [
            {"event": run.event_id, "at": format_iso_time(run.at), "line": run.line}
            for run in failures
            if run.target == name
        ],
    }
