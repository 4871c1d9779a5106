"""Implement the commands that act: close, reopen, assign, label, note, snooze, read, and others.

All targets are found before anything is done, so that a mistyped one changes nothing.
"""

import asyncio
import os
import random
import sys
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace
from datetime import tzinfo
from typing import NamedTuple

from tui.cli import context
from tui.cli.errors import BAD_USE, DONE, FAILED, CommandError
from tui.cli.lookup import find_conversation, find_message
from tui.cli.show import write_json, write_line
from tui.clock import SystemClock
from tui.desk.assigning import resolve_assignee
from tui.desk.named_actions import (
    MESSAGE_VERBS,
    ActionResult,
    NamedAction,
    Verb,
    apply_to_conversation,
    apply_to_message,
)
from tui.domain.agent_level import UnknownNameError
from tui.domain.conversation_json import conversation_to_json
from tui.domain.date_input import InvalidMomentError, read_moment
from tui.domain.json_fields import CustomerFields, message_to_json
from tui.domain.text import one_line, to_printable
from tui.domain.typed_text import compose_outgoing_text
from tui.startup.wiring import create_context, open_store
from tui.store.reader import InboxReader
from tui.store.store import Store

_STDIN = "-"
_MAX_INPUT_BYTES = 16 << 20
_MAX_NOTE_BYTES = 1 << 20
_MAX_NAME = 40
"""Characters of an agent's name, as in the settings."""
_LONGEST_MOMENT = 5
"""Words of a moment that is not in quotation marks."""


class _Target(NamedTuple):
    """What an argument names."""

    typed: str
    conversation_id: int
    message_id: int
    """0 for a conversation."""


def run(arguments: Namespace) -> int:
    """Do one thing to each target; return 1 if one of them could not be changed any more.

    Args:
        arguments: Parsed arguments with `command`, `targets`, `json`, and the value of the command.
    """
    verb, clock = Verb(arguments.command), SystemClock()
    desk = context.load_public_settings(arguments)
    action = _read_action(verb, arguments, desk.agent, clock.now(), None)
    typed = list(_read_targets(arguments.targets))
    with context.open_reader(arguments) as reader:
        if reader is None and typed:
            raise CommandError("there is no conversation yet", BAD_USE)
        targets = [_find_target(reader, verb, one, arguments) for one in typed if reader]

    async def act() -> int:
        rng = random.Random()
        async with open_store(desk, clock, rng) as store:
            acting = _Acting(store, arguments, await _resolve_name(store, desk.agent, action))
            return await acting.run(targets)

    with context.convert_store_errors():
        return asyncio.run(act())


async def _resolve_name(store: Store, agent: str, action: NamedAction) -> NamedAction:
    """Return what to do with the full name of an agent or team; refuse one that is unknown."""
    if action.verb is not Verb.ASSIGN:
        return action
    try:
        return replace(action, value=await resolve_assignee(store, agent, action.value))
    except UnknownNameError as error:
        hint = "smsdesk agents add NAME adds an agent"
        raise CommandError(f"{to_printable(str(error))}; {hint}", BAD_USE) from None


class _Acting:
    """Do one thing to one target after the other, and print what became of it."""

    def __init__(self, store: Store, arguments: Namespace, action: NamedAction) -> None:
        """Keep what all targets share."""
        desk = context.load_public_settings(arguments)
        self._store = store
        self._is_json = arguments.json
        self._action = action
        self._context = create_context(desk, SystemClock(), os.environ)

    async def run(self, targets: list[_Target]) -> int:
        """Do it to all targets; return the exit code."""
        has_failed = False
        for target in targets:
            result = await self._act_on(target)
            has_failed |= result.is_failed
            if self._is_json:
                await self._write_object(target, result)
            elif result.is_failed:
                print(
                    f"smsdesk: {one_line(f'{target.typed}: {result.line}', 300)}", file=sys.stderr
                )
            else:
                write_line(one_line(result.line, 300))
        return FAILED if has_failed else DONE

    async def _act_on(self, target: _Target) -> ActionResult:
        """Do it to one target, as it is now."""
        if target.message_id:
            message = await self._store.messages.get(target.message_id)
            if message is None:
                return ActionResult("it is gone", is_changed=False, is_failed=True)
            return await apply_to_message(self._store, self._context, self._action, message)
        row = await self._store.conversations.get(target.conversation_id)
        if row is None:
            return ActionResult("it is gone", is_changed=False, is_failed=True)
        return await apply_to_conversation(self._store, self._context, self._action, row)

    async def _write_object(self, target: _Target, result: ActionResult) -> None:
        """Write what became of a target, with how it is now."""
        row = await self._store.conversations.get(target.conversation_id)
        message = await self._store.messages.get(target.message_id) if target.message_id else None
        write_json(
            {
                "target": target.typed,
                "action": self._action.verb.value,
                "changed": result.is_changed,
                "failed": result.is_failed,
                "line": result.line,
                "conversation": conversation_to_json(row) if row else None,
                "message": message_to_json(message, row or CustomerFields()) if message else None,
            }
        )


def _read_action(
    verb: Verb, arguments: Namespace, agent: str, now: int, zone: tzinfo | None
) -> NamedAction:
    """Return what to do; raise `CommandError` for a value that can not be used."""
    given = vars(arguments)
    value = str(given.get("value", ""))
    if any(0xD800 <= ord(char) <= 0xDFFF for char in value):
        raise CommandError("the value is not valid UTF-8: nothing was changed", BAD_USE)
    match verb:
        case Verb.SNOOZE:
            return NamedAction(verb, until=_read_moment(arguments, now, zone))
        case Verb.ASSIGN:
            names = {"me": agent, "none": ""}
            value = names.get(value, " ".join(value.split()))
            if len(value) > _MAX_NAME:
                raise CommandError(f"a name has at most {_MAX_NAME} characters", BAD_USE)
            return NamedAction(verb, value)
        case Verb.LABEL:
            label = " ".join(value.strip().removeprefix("#").split())
            if not label:
                raise CommandError("the label is empty: nothing was changed", BAD_USE)
            return NamedAction(verb, label, on=not given["remove"])
        case Verb.NOTE:
            return NamedAction(verb, _read_note(value, arguments.targets))
        case Verb.READ:
            return NamedAction(verb, on=not given["unread"])
        case Verb.RESOLVE:
            return NamedAction(verb, on=value == "sent")
        case _:
            return NamedAction(verb)


def _read_note(value: str, targets: list[str]) -> str:
    """Return the text of a note, from the argument or from stdin."""
    if value == _STDIN:
        if _STDIN in targets:
            raise CommandError("only one of both can be read from stdin", BAD_USE)
        value = sys.stdin.buffer.read(_MAX_NOTE_BYTES).decode("utf-8", "replace").rstrip("\r\n")
    text = compose_outgoing_text(value)
    if not text.strip():
        raise CommandError("the note is empty: nothing was written", BAD_USE)
    return text


def _read_moment(arguments: Namespace, now: int, zone: tzinfo | None) -> int | None:
    """Return until when to snooze; words that belong to the moment leave the targets."""
    words = [*arguments.targets, arguments.value]
    problem: InvalidMomentError | None = None
    # The longest end of the line that is a moment: `snooze Ana fri 9` needs no quotation marks.
    for count in range(min(_LONGEST_MOMENT, len(words) - 1), 0, -1):
        try:
            until = read_moment(" ".join(words[-count:]), now, zone).at
        except InvalidMomentError as error:
            problem = error
            continue
        arguments.targets = words[:-count]
        return until
    assert problem is not None  # there are two words at least
    raise CommandError(f'{problem}; write 2h, "fri 9", or "until reply"', BAD_USE)


def _read_targets(given: list[str]) -> Iterator[str]:
    """Yield what the arguments name, with the lines of stdin in place of `-`."""
    for typed in given:
        if typed != _STDIN:
            yield typed
            continue
        text = sys.stdin.buffer.read(_MAX_INPUT_BYTES).decode("utf-8", "replace")
        yield from filter(None, (line.strip("\ufeff \t\r") for line in text.split("\n")))


def _find_target(reader: InboxReader, verb: Verb, typed: str, arguments: Namespace) -> _Target:
    """Return what an argument names; raise `CommandError` if it is nothing, or several."""
    if verb not in MESSAGE_VERBS:
        return _Target(typed, find_conversation(reader, typed, arguments).id, 0)
    message = find_message(reader, typed)
    if message is None:
        line = f'there is no message with the id "{one_line(typed, 60)}"'
        raise CommandError(f"{line}; smsdesk messages N --json prints the ids", BAD_USE)
    return _Target(typed, message.conversation_id, message.id)
