"""Declare the arguments of `smsdesk import`: contacts, or a whole inbox that moves."""

import argparse
from pathlib import Path

from tui.cli.command_parser import CommandParser


def add_import_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `import`."""
    parser.usage = (
        "smsdesk import contacts FILE [--dry-run] [OPTIONS]\n"
        "       smsdesk import INBOX --into DATABASE [--rehearse]\n"
        "       smsdesk import INBOX --reopen [--yes]"
    )
    parser.add_argument(
        "what", metavar="contacts | INBOX", help="contacts, or the inbox to move: a file or address"
    )
    parser.add_argument(
        "file", metavar="FILE", type=Path, nargs="?", help="with contacts: a CSV or vCard file"
    )
    parser.add_argument(
        "--into", metavar="DATABASE", help="move the inbox into this new file or address"
    )
    for option, note in (
        ("rehearse", "with --into: copy and compare only; the inbox is used on, the copy is not"),
        ("reopen", "let a moved inbox be used again where it was"),
        ("yes", "with --reopen: without a question"),
    ):
        parser.add_argument(f"--{option}", action="store_true", help=note)
    for what, note in (
        ("number", "column of the numbers: its heading, or 1 for the first"),
        ("name", "column of the names; twice: first and last name"),
        ("note", "column of the notes"),
        ("field", "column that becomes an own field of the contact (all others)"),
    ):
        parser.add_argument(
            f"--{what}-column", metavar="COLUMN", action="append", default=[], help=note
        )
    parser.add_argument("--no-fields", action="store_true", help="keep no column as an own field")
    parser.add_argument(
        "--dry-run", action="store_true", help="list what would be imported, and store nothing"
    )


def choose_import_module(parser: CommandParser, arguments: argparse.Namespace) -> str:
    """Return the module of what is imported: contacts, or a whole inbox.

    Args:
        parser: Parser of `import`.
        arguments: Parsed arguments.

    Raises:
        CommandError: The arguments of both are mixed, or one is missing.
    """
    if arguments.reopen:
        if arguments.what == "contacts" or arguments.file or arguments.into or arguments.rehearse:
            parser.error("--reopen names one inbox: smsdesk import INBOX --reopen")
        return "move"
    if arguments.yes:
        parser.error("--yes needs --reopen")
    if arguments.into is None:
        if arguments.rehearse:
            parser.error("--rehearse needs --into DATABASE")
        if arguments.what != "contacts":
            parser.error(
                f'"{arguments.what}" is not contacts: write smsdesk import contacts FILE, or name'
                " an inbox and --into DATABASE"
            )
        if arguments.file is None:
            parser.error("the following arguments are required: FILE")
        return "import_contacts"
    if arguments.what == "contacts" or arguments.file is not None:
        parser.error("--into moves one inbox: smsdesk import INBOX --into DATABASE")
    return "move"
