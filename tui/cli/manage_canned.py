"""Implement `smsdesk canned`: list, show, import, export and remove canned replies and macros."""

import asyncio
import random
import sys
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from tui.cli import context
from tui.cli.errors import BAD_USE, DONE, CommandError
from tui.cli.show import note_empty_result, pad_text, write_json, write_line
from tui.clock import SystemClock
from tui.domain.reply_files import (
    canned_reply_to_json,
    format_canned_replies,
    parse_canned_replies,
)
from tui.domain.templates import CannedReply, InvalidCannedReplyError
from tui.domain.text import format_count, one_line, to_printable
from tui.private_files import create_file

if TYPE_CHECKING:
    from tui.store.store import Store

_LARGEST_FILE = 1_000_000


def run(arguments: Namespace) -> int:
    """Run one of the actions.

    Args:
        arguments: Parsed arguments with `action`, `name`, `personal`, `output` and `json`.
    """
    is_named = arguments.action in ("show", "import", "remove")
    if is_named and arguments.name is None:
        wanted = "a file" if arguments.action == "import" else "a name"
        raise CommandError(f"canned {arguments.action} needs {wanted}", BAD_USE)
    if not is_named and arguments.name is not None:
        raise CommandError(f"canned {arguments.action} takes no name", BAD_USE)
    return asyncio.run(_run_action(arguments))


async def _run_action(arguments: Namespace) -> int:
    """Run one of the actions on the open store."""
    from tui.startup.wiring import open_store

    desk, clock = context.load_public_settings(arguments), SystemClock()
    with context.convert_store_errors():
        async with open_store(desk, clock, random.Random()) as store:
            if arguments.action == "import":
                return await _import_file(store, arguments, desk.agent, clock.now())
            found = await store.templates.list_all(desk.agent)
            if arguments.action == "remove":
                return await _remove_reply(store, found, arguments, desk.agent)
            used = await store.templates.list_in_order(desk.agent)
            used = [one for one in used if one.owner or not arguments.personal]
            if arguments.action == "export":
                text = format_canned_replies(used, await store.templates.get_fields())
                return _write_file(arguments.output, text, len(used))
    return _print_replies(used, arguments)


def _print_replies(found: list[CannedReply], arguments: Namespace) -> int:
    """Print all, one line each, or all of the one that is named."""
    if arguments.action == "show":
        found = [one for one in found if one.name == arguments.name]
        if not found:
            raise _name_unknown(arguments.name)
    if not found:
        note_empty_result(arguments, "there are no canned replies yet")
    for place, template in enumerate(found, 1):
        if arguments.json:
            write_json(canned_reply_to_json(template))
        elif arguments.action == "show":
            for line in [*template.body.split("\n"), *_list_actions(template)]:
                write_line(to_printable(line))
        else:
            digit = str(place) if place < 10 else ""
            marks = "; ".join([*_list_actions(template), *(["yours"] if template.owner else [])])
            name = pad_text(one_line(template.name, 40), 16)
            text = one_line(template.body, 60)
            write_line(f"{digit:>1}  {name}  {text}{f'  ({one_line(marks, 80)})' if marks else ''}")
    return DONE


def _list_actions(template: CannedReply) -> list[str]:
    """Return the actions of a canned reply, each marked as one."""
    return [f"then {action}" for action in template.actions.split("\n") if action]


def _name_unknown(name: str) -> CommandError:
    """Return the error for a name that nothing has."""
    return CommandError(
        f"there is no canned reply {one_line(name, 40)}; see smsdesk canned list", BAD_USE
    )


async def _remove_reply(
    store: "Store", found: list[CannedReply], arguments: Namespace, agent: str
) -> int:
    """Remove the reply with a name: that of the team, or the agent's own with --personal."""
    owner = agent if arguments.personal else ""
    if not any((one.name, one.owner) == (arguments.name, owner) for one in found):
        raise _name_unknown(arguments.name)
    await store.templates.delete_template(arguments.name, agent, owner)
    if arguments.json:
        write_json({"removed": arguments.name})
    else:
        from tui.desk.rule_names import describe_incomplete  # late: seldom needed

        effects = await describe_incomplete(store)
        write_line(f"{one_line(arguments.name, 40)} is removed{effects}")
    return DONE


async def _import_file(store: "Store", arguments: Namespace, agent: str, now: int) -> int:
    """Import a file completely, or nothing if it has an error."""
    name = one_line(arguments.name, 80)
    try:
        text = _read_text(arguments.name)
        templates, values = parse_canned_replies(text, agent=agent, now=now)
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}", BAD_USE) from None
    except UnicodeDecodeError:
        raise CommandError(f"{name} is not UTF-8 text; nothing was imported", BAD_USE) from None
    except InvalidCannedReplyError as error:
        line = f"nothing was imported from {name}: {to_printable(str(error))}"
        raise CommandError(line, BAD_USE) from None
    await store.templates.import_templates(templates, values, agent)
    if arguments.json:
        write_json({"imported": len(templates), "values": len(values)})
    else:
        replies = "canned reply" if len(templates) == 1 else "canned replies"
        write_line(f"Imported {len(templates)} {replies}, {format_count(len(values), 'own field')}")
    return DONE


def _read_text(path: str) -> str:
    """Return the text of a file that is not too large; - is the standard input."""
    if path == "-":
        return sys.stdin.read(_LARGEST_FILE)
    with Path(path).expanduser().open("rb") as file:
        raw = file.read(_LARGEST_FILE + 1)
    if len(raw) > _LARGEST_FILE:
        raise InvalidCannedReplyError("the file is larger than 1 MB")
    return raw.decode("utf-8-sig")


def _write_file(path: Path | None, text: str, count: int) -> int:
    """Write a new file, or the standard output."""
    if path is None:
        sys.stdout.write(to_printable(text))
        return DONE
    try:
        with open(create_file(path), "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        line = f"{one_line(str(path), 80)} cannot be written: {error.strerror}"
        raise CommandError(line, BAD_USE) from None
    write_line(f"Exported {count}")
    return DONE
