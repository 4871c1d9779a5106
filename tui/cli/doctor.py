"""`smsdesk doctor`: everything the desk depends on, each with a verdict and the mend."""

import asyncio
import os
import random
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict

from tui.cli import context
from tui.cli.errors import DONE, FAILED
from tui.cli.show import write, write_json
from tui.clock import Clock, SystemClock
from tui.doctor import machine
from tui.doctor.database import database
from tui.doctor.finding import Finding, Verdict, bad, good, note
from tui.domain.phone import is_country
from tui.domain.text import one_line
from tui.settings.desk import Desk
from tui.settings.early import read_desk
from tui.settings.errors import SettingsError
from tui.settings.paths import config_file

_WIDTH = 16


def run(arguments: Namespace) -> int:
    """Check everything; 1 when anything is bad."""
    clock, worst = SystemClock(), DONE
    for finding in _findings(arguments, clock, random.Random()):
        if finding.verdict is Verdict.BAD:
            worst = FAILED
        if arguments.json:
            write_json(asdict(finding))
        else:
            _print(finding)
    return worst


def _findings(arguments: Namespace, clock: Clock, rng: random.Random) -> Iterator[Finding]:
    """Every check in turn; those that need sound settings only with them."""
    yield machine.python()
    yield machine.sqlite()
    desk, findings = _settings(arguments)
    yield from findings
    if desk is not None:
        yield from database(desk, clock.now())
        if desk.accounts and not arguments.offline:
            yield from asyncio.run(_providers(arguments, clock, rng))
    yield from machine.terminal(os.environ)


def _settings(arguments: Namespace) -> tuple[Desk | None, list[Finding]]:
    """The desk, and how its settings are; their errors one by one."""
    try:
        desk = read_desk(os.environ, arguments.config)
    except SettingsError as error:
        return None, [bad("settings", line) for line in error.lines]
    path, _ = config_file(os.environ, arguments.config)
    place = str(path) if path.exists() else f"no file at {path}; the environment alone"
    findings = [good("settings", place), *(note("settings", line) for line in desk.warnings)]
    if not desk.accounts:
        mend = "open smsdesk to set one up, or look around with smsdesk demo"
        findings.append(bad("accounts", "there is no account yet", mend))
    return desk, [*findings, *_countries(desk)]


def _countries(desk: Desk) -> Iterator[Finding]:
    """Countries that no number can be read as: those numbers would all be refused."""
    own = [a for a in desk.accounts if a.region != desk.default_region]
    named = {f"accounts.{account.name}.region": account.region for account in own}
    for setting, code in {"default_region": desk.default_region or "", **named}.items():
        if code and not is_country(code):
            mend = "write the two letters of a country, like AU"
            yield bad("settings", f'{setting}: there is no country "{code}"', mend)


async def _providers(arguments: Namespace, clock: Clock, rng: random.Random) -> list[Finding]:
    """What takes the network to find out."""
    from tui.doctor import accounts

    try:
        settings = context.settings(arguments)
        found = await accounts.accounts(settings, clock, rng)
    except SettingsError as error:
        return [bad("settings", line) for line in error.lines]
    found.append(await accounts.time(settings, clock))
    return [*found, *await accounts.listener(settings, clock)]


def _print(finding: Finding) -> None:
    """A finding for a person, its mend below."""
    verdict = finding.verdict.value if finding.verdict is not Verdict.BAD else "BAD"
    write(f"{verdict:<5} {finding.subject:<{_WIDTH}} {one_line(finding.line, 500)}")
    if finding.mend:
        write(f"{'':<5} {'':<{_WIDTH}} -> {one_line(finding.mend, 500)}")
