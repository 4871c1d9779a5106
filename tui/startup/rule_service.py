"""Apply the rules behind an inbox or in a service, for the duration of a block."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Literal

from tui.clock import Clock

if TYPE_CHECKING:
    from tui.desk.rule_answers import RulePreferences
    from tui.store.store import Store
    from tui.sync.context import SyncLog


@contextlib.asynccontextmanager
async def run_rules(
    store: "Store",
    preferences: "RulePreferences",
    clock: Clock,
    rng: random.Random,
    *,
    kind: Literal["desk", "service"],
    log: "SyncLog | None" = None,
) -> AsyncIterator[None]:
    """Apply the rules of the inbox during the block, or stand by while another process does.

    Args:
        store: Store shared by all agents.
        preferences: Settings that automatic answers depend on, with capable accounts.
        clock: Source of the current time.
        rng: Source of random numbers.
        kind: A service takes the work over from an inbox.
        log: Log of the sync; None for no log.
    """
    from tui.desk.rule_answers import create_helpers
    from tui.desk.rule_runner import RuleRunner
    from tui.sync.account_health import choose_traceback, format_error
    from tui.sync.context import discard_log
    from tui.sync.supervise import run_supervised

    write = log or discard_log

    def report(what: str, error: Exception) -> None:
        write(what, line=format_error(error), exc_info=choose_traceback(error))

    async def report_failure(error: Exception, pause: float) -> None:
        report("rules broke", error)

    runner = RuleRunner(
        store,
        create_helpers(preferences, report),
        preferred=kind == "service",
        preferences=preferences,
    )
    run = run_supervised(runner.run_forever, report_failure, clock, rng)
    task = asyncio.create_task(run, name="rules")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def apply_rules_once(store: "Store", preferences: "RulePreferences") -> None:
    """Apply the rules to what waits for them, once; what fails is tried again the next time.

    Args:
        store: Store shared by all agents.
        preferences: Settings that automatic answers depend on, with capable accounts.
    """
    from tui.desk.rule_answers import create_helpers
    from tui.desk.rule_runner import RuleRunner

    helpers = create_helpers(preferences, lambda what, error: None)
    runner = RuleRunner(store, helpers, preferred=True, preferences=preferences)
    await runner.check_names()
    await runner.run_round()
