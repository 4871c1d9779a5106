"""Implement `smsdesk forget NUMBER`: erase everything of one customer but the opt-out."""

import asyncio
import os
import random
import sys
from argparse import Namespace

from tui.cli import context
from tui.cli.context import convert_store_errors, require_answer
from tui.cli.errors import BAD_USE, DONE, FAILED, CommandError
from tui.cli.show import write_json, write_line
from tui.clock import SystemClock
from tui.desk.erased_copies import forget_customer
from tui.desk.privacy import (
    describe_forgetting,
    describe_forgotten,
    describe_remains,
    explain_obstacle,
    finish_scrubbing,
    is_confirmed,
    measure_customer,
    plan_to_json,
)
from tui.domain.text import one_line
from tui.settings.paths import find_log_file
from tui.settings.public import Preferences
from tui.startup.wiring import open_store
from tui.store.forget_plan import ForgetPlan
from tui.store.forgetting import CannotForget

_SCRUB_SECONDS = 120.0
_WAITS = "its remains in the file are not overwritten yet: the service does it when it can"


def run(arguments: Namespace) -> int:
    """Show what is stored, ask for the number again, and erase it.

    Args:
        arguments: Parsed arguments with `config`, `number`, `dry_run`, `yes` and `json`.
    """
    require_answer(arguments)
    desk = context.load_public_settings(arguments)
    with context.open_reader(arguments) as reader:
        if reader is None:
            raise CommandError("there is nothing to erase yet", BAD_USE)
    with convert_store_errors():
        return asyncio.run(_forget(arguments, desk))


async def _forget(arguments: Namespace, desk: Preferences) -> int:
    """Find, ask and erase."""
    clock = SystemClock()
    regions = [desk.default_region, *(account.region for account in desk.accounts)]
    async with open_store(desk, clock, random.Random()) as store:
        plan = await measure_customer(store, arguments.number, regions)
        if plan is None:
            shown = one_line(arguments.number, 60)
            raise CommandError(f'nothing is stored of "{shown}": nothing was erased', BAD_USE)
        if not arguments.json:
            for sentence in describe_forgetting(plan, desk.database):
                write_line(f"{sentence}.")
        if arguments.dry_run:
            if arguments.json:
                write_json(plan_to_json(plan, erased=False))
            return DONE
        if obstacle := await explain_obstacle(store, plan, desk.agent):
            raise CommandError(obstacle, FAILED)
        if not arguments.yes and not _confirm(plan, regions):
            write_line("nothing was erased")
            return FAILED
        try:
            log_file = find_log_file(os.environ)
            plan = await forget_customer(store, plan, desk.agent, log_file, os.environ)
        except CannotForget as error:
            raise CommandError(str(error), FAILED) from None
        is_done = await finish_scrubbing(store, clock, _SCRUB_SECONDS)
    if arguments.json:
        write_json(plan_to_json(plan, erased=True))
    else:
        write_line(f"{describe_forgotten(plan, desk.database, is_scrubbed=True)}.")
        write_line(f"In the database: {describe_remains(desk.database) if is_done else _WAITS}.")
    return DONE


def _confirm(plan: ForgetPlan, regions: list[str | None]) -> bool:
    """Ask for the number again, and return whether it is one of the customer's."""
    sys.stdout.write("Type the number again to erase all this for ever: ")
    sys.stdout.flush()
    return is_confirmed(plan, sys.stdin.readline(), regions)
