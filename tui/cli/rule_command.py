"""Implement `smsdesk rules`: list, show, try, switch, import, export and remove rules."""

import asyncio
import random
import sys
from argparse import Namespace
from collections.abc import Awaitable, Callable
from pathlib import Path

from tui.cli import context
from tui.cli.errors import BAD_USE, DONE, CommandError
from tui.cli.show import show_progress, write_json, write_line
from tui.clock import SystemClock
from tui.desk.rule_book import (
    RuleNotReadyError,
    check_import,
    check_ready,
    describe_deleted,
    find_kept,
    find_rule,
    format_counts,
    format_hit,
    get_day_start,
    hit_to_json,
    list_rule_lines,
    record_to_json,
    switch_rule,
)
from tui.desk.rule_names import COMMAND_FIXES, list_missing, read_names
from tui.desk.rule_trial import try_rules
from tui.domain.rule_text import format_rules, parse_rules
from tui.domain.rules import InvalidRuleError, Rule
from tui.domain.text import format_count, one_line
from tui.settings.public import Preferences
from tui.startup.wiring import add_capabilities, open_store
from tui.store.rule_rows import RuleRecord
from tui.store.store import Store

_LARGEST_FILE = 1_000_000
_MANY_TEXTS = 5_000
"""Texts from which a dry run shows how far it is."""
_WITH_NAMES = frozenset({"show", "test", "on", "off", "import", "remove"})


def run(arguments: Namespace) -> int:
    """Run one of the actions.

    Args:
        arguments: Parsed arguments with `action`, `names`, `days`, `output` and `json`.
    """
    if arguments.action in _WITH_NAMES and not arguments.names:
        line = "name the rule; smsdesk rules list prints the names"
        if arguments.action == "import":
            line = "name the file; smsdesk rules export prints what it may contain"
        raise CommandError(line, BAD_USE)
    try:
        with context.convert_store_errors():
            return asyncio.run(_run_action(arguments))
    except (RuleNotReadyError, InvalidRuleError) as problem:
        line = f"{one_line(str(problem), 400)}: nothing was changed"
        raise CommandError(line, BAD_USE) from None


async def _run_action(arguments: Namespace) -> int:
    """Open the inbox and run the action."""
    desk = context.load_public_settings(arguments)
    async with open_store(desk, SystemClock(), random.Random()) as store:
        return await _ACTIONS[arguments.action](store, add_capabilities(desk), arguments)


async def _read_records(store: Store) -> list[RuleRecord]:
    """Return all rules with what they did."""
    return await store.rules.list_records(get_day_start(SystemClock().now(), None))


async def _list_rules(store: Store, desk: Preferences, arguments: Namespace) -> int:
    """Print a line for each rule."""
    for record in await _read_records(store):
        if arguments.json:
            write_json(record_to_json(record))
            continue
        state = "on " if record.rule.enabled else "off"
        failed = f" · failed: {one_line(record.problem, 100)}" if record.problem else ""
        name = one_line(record.rule.name, 40)
        write_line(f"{state}  {name:<24}  {format_counts(record)}{failed}")
    return DONE


async def _show_rules(store: Store, desk: Preferences, arguments: Namespace) -> int:
    """Print all about the named rules."""
    records = {record.rule.name: record for record in await _read_records(store)}
    for name in arguments.names:
        record = records[(await find_rule(store, name)).name]
        if arguments.json:
            write_json(record_to_json(record))
        else:
            for line in list_rule_lines(record):
                write_line(line)
    return DONE


async def _switch(store: Store, desk: Preferences, arguments: Namespace) -> int:
    """Switch the named rules on or off; all of them have to exist, and lack nothing."""
    on = arguments.action == "on"
    for name in arguments.names:
        await (check_ready(store, name, desk, COMMAND_FIXES) if on else find_rule(store, name))
    for name in arguments.names:
        text = await switch_rule(
            store, name, desk.agent, on=on, preferences=desk, fixes=COMMAND_FIXES
        )
        if arguments.json:
            write_json({"name": name, "enabled": on, "changed": "already" not in text})
        else:
            write_line(text)
    return DONE


async def _remove(store: Store, desk: Preferences, arguments: Namespace) -> int:
    """Remove the named rules; all of them have to exist, and none may be built in and off."""
    rules = [await find_rule(store, name) for name in dict.fromkeys(arguments.names)]
    if kept := next(filter(None, map(find_kept, rules)), ""):
        raise RuleNotReadyError(kept)
    for rule in rules:
        await store.rules.delete_rule(rule.name, desk.agent)
        write_line(describe_deleted(rule))
    return DONE


async def _import(store: Store, desk: Preferences, arguments: Namespace) -> int:
    """Store the rules of files; new ones are off, changed ones stay as they are."""
    rules = [rule for file in arguments.names for rule in _read_file(file)]
    missing = await check_import(store, rules, desk, COMMAND_FIXES)
    await store.rules.import_rules(rules, desk.agent)
    for line in missing:
        print(f"smsdesk: {line}", file=sys.stderr)
    write_line(
        f"{format_count(len(rules), 'rule')} imported; smsdesk rules on NAME switches one on"
    )
    return DONE


async def _export(store: Store, desk: Preferences, arguments: Namespace) -> int:
    """Write the rules, or those that are named, as TOML."""
    rules = [rule for rule in await store.rules.list_rules() if rule.id]
    if arguments.names:
        rules = [await find_rule(store, name) for name in arguments.names]
    text = format_rules(rules)
    if arguments.output is None:
        sys.stdout.write(text)
        return DONE
    try:
        with arguments.output.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        reason = f"{arguments.output}: {error.strerror}; --output makes a new file"
        raise CommandError(one_line(reason, 300), BAD_USE) from None
    return DONE


async def _test(store: Store, desk: Preferences, arguments: Namespace) -> int:
    """Print what rules would have done; nothing is stored or sent."""
    tried: list[Rule] = []
    for name in arguments.names:
        is_file = name.endswith(".toml") or "/" in name
        tried += _read_file(name) if is_file else [await find_rule(store, name)]
    result = await try_rules(
        *(store, desk, tried, SystemClock().now(), arguments.days), _show_trial_progress
    )
    for hit in result.hits:
        if arguments.json:
            write_json(hit_to_json(hit))
        else:
            write_line(format_hit(hit))
    if arguments.json:
        print(result.summary, file=sys.stderr)
    else:
        write_line(result.summary)
    for line in list_missing(tried, await read_names(store, desk, COMMAND_FIXES)):
        print(f"smsdesk: {line}", file=sys.stderr)
    return DONE


def _show_trial_progress(done: int, total: int) -> None:
    """Show how many texts are judged."""
    if total >= _MANY_TEXTS and sys.stderr.isatty():
        show_progress(done, total, "texts")


def _read_file(name: str) -> list[Rule]:
    """Return the rules of a file; raise `CommandError` if it cannot be read."""
    path = Path(name).expanduser()
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise CommandError(f"{one_line(name, 200)} is larger than 1 MB", BAD_USE)
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CommandError(f"{one_line(name, 200)}: {error.strerror}", BAD_USE) from None
    except UnicodeDecodeError:
        raise CommandError(f"{one_line(name, 200)} is not UTF-8 text", BAD_USE) from None
    return parse_rules(text, SystemClock().now(), None)


_ACTIONS: dict[str, Callable[[Store, Preferences, Namespace], Awaitable[int]]] = {
    "list": _list_rules,
    "show": _show_rules,
    "test": _test,
    "on": _switch,
    "off": _switch,
    "import": _import,
    "export": _export,
    "remove": _remove,
}
