"""Implement `smsdesk doctor`: check each dependency and print a verdict and a fix."""

import asyncio
import os
import random
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from tui.cli import context
from tui.cli.errors import BAD_USE, DONE, FAILED, CommandError
from tui.cli.show import write_json, write_line
from tui.clock import SECOND, Clock, SystemClock
from tui.doctor import checks
from tui.doctor.alarm_checks import check_alarm_settings, send_new_alarms, send_test_alarm
from tui.doctor.automation_checks import check_hooks, check_rules
from tui.doctor.checks import CheckResult, Verdict, report_bad, report_good, report_note
from tui.doctor.database_checks import check_database
from tui.doctor.listener_checks import check_account_states, report_addresses
from tui.domain.phone import is_country
from tui.domain.text import one_line
from tui.settings.cache import read_preferences
from tui.settings.errors import SettingsError
from tui.settings.paths import find_config_file, find_log_file
from tui.settings.public import Preferences

_SUBJECT_WIDTH = 16
"""Cells of the column with the subject of a check."""
_LONGEST_DETAIL = 4_000


def run(arguments: Namespace) -> int:
    """Run every check; return 1 if any of them failed.

    Args:
        arguments: Parsed arguments with `config`, `offline`, `selftest`, `notify`, `send_alarms`
            and `json`.
    """
    for option in ("selftest", "notify", "send_alarms"):
        if arguments.offline and getattr(arguments, option):
            name = f"--{option.replace('_', '-')}"
            raise CommandError(f"{name} needs the network; leave --offline out", BAD_USE)
    clock, exit_code = SystemClock(), DONE
    run_checks = _send_alarms if arguments.send_alarms else _run_checks
    for result in run_checks(arguments, clock, random.Random()):
        if result.verdict is Verdict.BAD:
            exit_code = FAILED
        if arguments.json:
            write_json(asdict(result))
        else:
            _print_result(result)
    return exit_code


def _run_checks(arguments: Namespace, clock: Clock, rng: random.Random) -> Iterator[CheckResult]:
    """Yield the result of every check; some need valid settings and are skipped without."""
    desk, results = _check_settings(arguments)
    yield checks.check_python()
    if desk is None or isinstance(desk.database, Path):
        yield checks.check_sqlite()
    yield from results
    if desk is not None:
        yield from _check_database(desk, clock)
        host, changed_at = os.uname().nodename, _find_settings_time(arguments)
        yield from asyncio.run(check_account_states(desk, clock, host, changed_at))
        yield from check_alarm_settings(desk, clock.now(), os.environ)
        yield from check_hooks(desk, clock.now(), os.environ)
        yield from check_rules(desk)
        if arguments.notify:
            yield from asyncio.run(send_test_alarm(desk, clock, rng, os.environ))
        yield from _list_addresses(arguments, desk)
        if desk.accounts and not arguments.offline:
            yield from asyncio.run(_check_network(arguments, clock, rng))
    yield from checks.check_terminal(os.environ)


def _check_database(desk: Preferences, clock: Clock) -> Iterator[CheckResult]:
    """Check the file of the inbox, or its server."""
    if isinstance(desk.database, Path):
        yield from check_database(desk, clock.now(), find_log_file(os.environ))
        return
    # Imported late: most inboxes are files, and the driver of a server may be missing.
    from tui.doctor.server_checks import check_server

    yield from check_server(desk, desk.database, clock)


def _send_alarms(arguments: Namespace, clock: Clock, rng: random.Random) -> Iterator[CheckResult]:
    """Send what is new about the alarms, and yield what went wrong."""
    desk, results = _check_settings(arguments)
    yield from (result for result in results if result.verdict is Verdict.BAD)
    if desk is not None:
        yield from asyncio.run(send_new_alarms(desk, clock, rng, os.environ))


def _find_settings_time(arguments: Namespace) -> int | None:
    """Return when the settings file was last changed (ms UTC), or None if there is none."""
    path, _ = find_config_file(os.environ, arguments.config)
    try:
        return round(path.stat().st_mtime * SECOND)
    except OSError:
        return None


def _check_settings(arguments: Namespace) -> tuple[Preferences | None, list[CheckResult]]:
    """Return the settings, or None if they are invalid, with one result per error."""
    try:
        desk = read_preferences(os.environ, arguments.config)
    except SettingsError as error:
        return None, [report_bad("settings", line) for line in error.lines]
    path, _ = find_config_file(os.environ, arguments.config)
    location = str(path) if path.exists() else f"no file at {path}; the environment alone"
    results = [
        report_good("settings", location),
        *(report_note("settings", line) for line in desk.warnings),
    ]
    if not desk.accounts:
        fix = "open smsdesk to set one up, or look around with smsdesk demo"
        results.append(report_bad("accounts", "there is no account yet", fix))
    return desk, [*results, *_check_countries(desk)]


def _check_countries(desk: Preferences) -> Iterator[CheckResult]:
    """Yield a problem for each configured country that does not exist.

    With such a country, every number in national format would be refused.
    """
    other = [a for a in desk.accounts if a.region != desk.default_region]
    named = {f"accounts.{account.name}.region": account.region for account in other}
    for setting, code in {"default_region": desk.default_region or "", **named}.items():
        if code and not is_country(code):
            fix = "write the two-character code of a country, like AU"
            yield report_bad("settings", f'{setting}: there is no country "{code}"', fix)


def _list_addresses(arguments: Namespace, desk: Preferences) -> list[CheckResult]:
    """Return what to enter at the providers' panels."""
    from tui.startup.panel_addresses import load_panel_addresses

    if not desk.accounts:
        return []
    try:
        return report_addresses(load_panel_addresses(os.environ, arguments.config))
    except SettingsError:  # reported with the settings
        return []


async def _check_network(
    arguments: Namespace, clock: Clock, rng: random.Random
) -> list[CheckResult]:
    """Return the results of the checks that need the network."""
    from tui.doctor import provider_checks

    try:
        settings = context.load_full_settings(arguments)
        results = await provider_checks.check_accounts(settings, clock, rng)
    except SettingsError as error:
        return [report_bad("settings", line) for line in error.lines]
    results.append(await provider_checks.check_clock(settings, clock))
    results += await provider_checks.check_listener(settings, clock)
    if arguments.selftest:
        from tui.doctor.selftest import run_selftest

        database = read_preferences(os.environ, arguments.config).database
        results += await run_selftest(settings, database, clock, rng)
    return results


def _print_result(result: CheckResult) -> None:
    """Print a result for a person, with its fix on the next line."""
    verdict = result.verdict.value if result.verdict is not Verdict.BAD else "BAD"
    write_line(f"{verdict:<5} {result.subject:<{_SUBJECT_WIDTH}} {one_line(result.line, 500)}")
    if result.fix:
        write_line(f"{'':<5} {'':<{_SUBJECT_WIDTH}} -> {one_line(result.fix, 500)}")
    for detail in result.details:
        # Alone on its line and never cut: it is there to be copied.
        write_line(f"  {one_line(detail, _LONGEST_DETAIL)}")
