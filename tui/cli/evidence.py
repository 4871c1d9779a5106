"""Implement `smsdesk evidence`: write one conversation so that a change to it is found."""

import asyncio
import random
from argparse import Namespace
from pathlib import Path
from typing import Any

from tui import __version__
from tui.cli import context
from tui.cli.context import convert_store_errors
from tui.cli.errors import BAD_USE, DONE, CommandError
from tui.cli.export import create_private_file
from tui.cli.lookup import find_conversation
from tui.cli.show import write_line
from tui.clock import SystemClock
from tui.domain.conversation import Conversation
from tui.domain.hash_chain import MESSAGE, chain_records
from tui.domain.json_fields import format_iso_time
from tui.domain.text import format_count
from tui.settings.public import Preferences
from tui.startup.wiring import open_store

_HASH_LENGTH = 64


def run(arguments: Namespace) -> int:
    """Write the messages, reports, decisions and history of one conversation.

    Args:
        arguments: Parsed arguments with `config`, `number`, `output` and `sign_key`.
    """
    desk, key = context.load_public_settings(arguments), read_key(arguments.sign_key)
    with context.open_reader(arguments) as reader:
        if reader is None:
            raise CommandError("there is nothing to write yet", BAD_USE)
        conversation = find_conversation(reader, arguments.number, arguments)
    with convert_store_errors(), create_private_file(arguments.output) as file:
        records = asyncio.run(_read_records(desk, conversation))
        line = ""
        for line in chain_records(records, key):
            file.write(f"{line}\n")
    count = sum(record.get("type") == MESSAGE for record in records)
    write_line(f"{format_count(count, 'message')} in {arguments.output}")
    # The line begins with `{"hash":"`.
    final = line.split('"')[3]
    write_line(
        f"final hash {final[:_HASH_LENGTH]}: note it elsewhere, then the file is proven by it"
    )
    return DONE


async def _read_records(desk: Preferences, conversation: Conversation) -> list[dict[str, Any]]:
    """Return the header and everything after it."""
    from tui.store.evidence_records import read_evidence, read_inbox_identity

    clock, rng = SystemClock(), random.SystemRandom()
    async with open_store(desk, clock, random.Random()) as store:
        identity = await read_inbox_identity(store.database, rng)
        records = [record async for record in read_evidence(store.database, conversation)]
    header = {
        "inbox": identity,
        "made_at": format_iso_time(clock.now()),
        "version": __version__,
        "conversation": str(conversation.id),
        "party": conversation.party,
        "messages": sum(record["type"] == MESSAGE for record in records),
        "records": len(records),
    }
    return [header, *records]


def read_key(path: Path | None) -> bytes:
    """Return the secret of `--sign-key`; empty if there is none.

    Args:
        path: File with the secret.

    Raises:
        CommandError: The file cannot be read, or is empty.
    """
    if path is None:
        return b""
    try:
        key = path.read_bytes().strip()
    except OSError as error:
        raise CommandError(f"cannot read {path} ({error.strerror})", BAD_USE) from None
    if not key:
        raise CommandError(f"{path} is empty: it has to hold a secret", BAD_USE)
    return key
