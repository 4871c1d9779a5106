"""Check where alarms go and who may read the figures, and send a test or what is new."""

import random
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tui.clock import Clock
from tui.desk.format import format_moment
from tui.doctor.checks import CheckResult, report_bad, report_good, report_note
from tui.domain.text import one_line
from tui.settings.paths import expand_path
from tui.settings.public import Preferences
from tui.startup.operator_settings import get_alarm_channels, read_metrics_access
from tui.startup.wiring import add_capabilities, open_store
from tui.store.errors import StoreError
from tui.store.reader import InboxReader

if TYPE_CHECKING:
    from tui.store.store import Store
    from tui.sync.alarm_channels import AlarmChannels

_SUBJECT = "alarms"
_LOOK_AGAIN_SECONDS = 5.0
"""Time in which a listener of another host sends a heartbeat, whatever its clock says."""
_SET_FIX = "set notify_command or notify_url; smsdesk help monitoring shows examples"
_TEST_FIX = "correct it, then try it with smsdesk doctor --notify"


def check_alarm_settings(
    desk: Preferences, now: int, environ: Mapping[str, str]
) -> Iterator[CheckResult]:
    """Check the settings for operators without sending anything.

    Args:
        desk: Settings without secrets.
        now: Current time (ms UTC).
        environ: Environment variables.
    """
    if desk.listen is not None and (problem := read_metrics_access(desk, environ)[1]):
        path = expand_path(desk.metrics_token_file or "", environ)
        # Only the service needs to read it.
        is_private = path.is_file() and path.stat().st_size > 0
        report = report_note if is_private else report_bad
        yield report("metrics", problem, "write a token into the file, for the service to read")
    program = desk.notify_command[0] if desk.notify_command else ""
    if program and shutil.which(program, path=environ.get("PATH")) is None:
        line = f"notify_command: {program} is not there, or is not a program"
        yield report_bad(_SUBJECT, line, "write its whole path")
    with suppress(StoreError), InboxReader(desk.database) as reader:  # reported with the database
        for channel, at, problem in reader.list_deliveries():
            is_set = desk.notify_command if channel == "notify_command" else desk.notify_url
            if is_set and problem:
                line = f"{channel}: the alarm of {format_moment(at, now)} failed: {problem}"
                yield report_bad(_SUBJECT, line, _TEST_FIX)
            elif is_set:
                line = f"{channel}: the last one was delivered at {format_moment(at, now)}"
                yield report_good(_SUBJECT, line)


async def send_test_alarm(
    desk: Preferences, clock: Clock, rng: random.Random, environ: Mapping[str, str]
) -> list[CheckResult]:
    """Send a test to every channel, and say what happened.

    Args:
        desk: Settings without secrets.
        clock: Source of the current time.
        rng: Source of random numbers.
        environ: Environment variables.
    """
    return await _run_notifier(desk, clock, rng, environ, is_test=True)


async def send_new_alarms(
    desk: Preferences, clock: Clock, rng: random.Random, environ: Mapping[str, str]
) -> list[CheckResult]:
    """Send what is new about the alarms, as the service does; return what went wrong.

    Args:
        desk: Settings without secrets.
        clock: Source of the current time.
        rng: Source of random numbers.
        environ: Environment variables.
    """
    return await _run_notifier(desk, clock, rng, environ, is_test=False)


async def _run_notifier(
    desk: Preferences,
    clock: Clock,
    rng: random.Random,
    environ: Mapping[str, str],
    *,
    is_test: bool,
) -> list[CheckResult]:
    """Send a test, or what is new, and return what there is to say."""
    channels = get_alarm_channels(desk, environ)
    if not channels.is_set:
        return [report_bad(_SUBJECT, "there is nowhere to send an alarm to", _SET_FIX)]
    if isinstance(desk.database, Path) and not desk.database.exists():
        # The file is made by who opens the inbox, with the modes that the settings ask for.
        return [report_bad(_SUBJECT, "there is no inbox yet", "open smsdesk or start smsdesk sync")]
    try:
        lines = await _send(desk, clock, rng, channels, is_test=is_test)
    except StoreError as error:
        return [report_bad(_SUBJECT, one_line(f"not sent: {error}", 400))]
    results = []
    for channel, problem in lines.items():
        if problem:
            line = one_line(f"{channel}: {problem}", 400)
            results.append(report_bad(_SUBJECT, line, _TEST_FIX))
        elif is_test:
            results.append(report_good(_SUBJECT, f"{channel}: the test was delivered"))
    return results


async def _send(
    desk: Preferences,
    clock: Clock,
    rng: random.Random,
    channels: "AlarmChannels",
    *,
    is_test: bool,
) -> dict[str, str]:
    """Send a test, or what is new; return what went wrong by channel, empty if nothing did."""
    from tui.sync.alarm_notifier import AlarmNotifier
    from tui.sync.context import discard_log

    accounts = add_capabilities(desk).accounts
    async with open_store(desk, clock, rng) as store:
        if not is_test and await _may_misjudge_listener(store, clock):
            await clock.sleep(_LOOK_AGAIN_SECONDS)
        notifier = AlarmNotifier(store, accounts, channels, clock, discard_log)
        return await (notifier.send_test() if is_test else notifier.run_round())


async def _may_misjudge_listener(store: "Store", clock: Clock) -> bool:
    """Return whether a listener seems dead that may only have another clock."""
    states = await store.accounts.get_states()
    listeners = [state.listener for state in states.values() if state.listener]
    return any(not one.has_ended and not one.is_alive(clock.now()) for one in listeners)
