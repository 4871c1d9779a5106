"""Implement `smsdesk prune`: delete messages that are older than a number of days, or say which."""

import asyncio
import random
import sys
from argparse import Namespace

from tui.cli import context
from tui.cli.context import convert_store_errors, require_answer
from tui.cli.errors import BAD_USE, DONE, FAILED, CommandError
from tui.cli.show import write_json, write_line
from tui.clock import SystemClock
from tui.desk.permissions import explain_missing_level
from tui.desk.privacy import describe_remains, finish_scrubbing, format_retention, retention_to_json
from tui.domain.text import format_count
from tui.settings.public import Preferences
from tui.startup.wiring import open_store
from tui.store.lead_rights import KEPT_DATA
from tui.store.retention import RetentionPlan

_SCRUB_SECONDS = 600.0


def run(arguments: Namespace) -> int:
    """Show what is old enough, and delete it unless that is only a dry run.

    Args:
        arguments: Parsed arguments with `config`, `days`, `dry_run`, `yes` and `json`.
    """
    require_answer(arguments)
    desk = context.load_public_settings(arguments)
    days = arguments.days or desk.keep_days
    if not days:
        line = "say which: smsdesk prune --days N; the settings keep messages for ever (keep_days)"
        raise CommandError(line, BAD_USE)
    with context.open_reader(arguments) as reader:
        if reader is None:
            raise CommandError("there is nothing to delete yet", BAD_USE)
    with convert_store_errors():
        return asyncio.run(_prune(arguments, desk, days))


async def _prune(arguments: Namespace, desk: Preferences, days: int) -> int:
    """Count, ask and delete."""
    clock = SystemClock()
    async with open_store(desk, clock, random.Random()) as store:
        plan = await store.retention.measure(days)
        if not arguments.json:
            for line in format_retention(plan):
                write_line(line)
        if arguments.dry_run:
            if arguments.json:
                write_json(retention_to_json(plan, days, deleted=None))
            return DONE
        if refusal := await explain_missing_level(store, desk.agent, KEPT_DATA):
            raise CommandError(refusal, FAILED)
        if not arguments.yes and not _confirm(plan, days):
            write_line("nothing was deleted")
            return FAILED
        deleted = await store.retention.prune(days, desk.agent, _show_progress)
        is_done = await finish_scrubbing(store, clock, _SCRUB_SECONDS)
    if arguments.json:
        write_json(retention_to_json(plan, days, deleted=deleted))
        return DONE
    remains = describe_remains(desk.database) if is_done else "other processes still use the file"
    write_line(f"deleted {format_count(deleted, 'message')}; {remains}")
    return DONE


def _confirm(plan: RetentionPlan, days: int) -> bool:
    """Ask whether to delete."""
    count = format_count(plan.total.messages, "message")
    sys.stdout.write(f"Delete {count} older than {format_count(days, 'day')} for ever? [y/N] ")
    sys.stdout.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _show_progress(count: int) -> None:
    """Show on a terminal how many messages are gone."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[Ksmsdesk: deleted {count:,}\r")
        sys.stderr.flush()
