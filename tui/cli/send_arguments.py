"""Declare the arguments of `smsdesk send`, to one or to many, and of `smsdesk bulk`."""

import argparse
from pathlib import Path

from tui.cli.command_parser import (
    CommandParser,
    StoreMoment,
    parse_count,
    parse_pair,
    parse_seconds,
    parse_validity,
)


def add_send_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `send`."""
    parser.usage = (
        "smsdesk send --to N --text T [OPTIONS]\n"
        "       smsdesk send (--to N --to M ... | --to-file PATH | --to-view NAME)\n"
        "               --text T [--dry-run] [OPTIONS]"
    )
    parser.add_argument(
        "--to", metavar="N", action="append", help="the customer's number; several: one text each"
    )
    parser.add_argument(
        "--to-file", metavar="PATH", type=Path, help="one text to each number of this file"
    )
    parser.add_argument(
        "--to-view", metavar="NAME", help="one text to each conversation of a saved view"
    )
    parser.add_argument("--text", metavar="T", help="the text; - reads it from stdin")
    parser.add_argument("--account", metavar="A", help="the account to send through")
    parser.add_argument(
        "--at",
        metavar="ISO",
        action=StoreMoment,
        help="when to send, at most a year ahead; local time unless it says more",
    )
    parser.add_argument(
        "--anyway", action="store_true", help="with --at: also in the customer's quiet hours"
    )
    parser.add_argument(
        "--format", choices=("sms", "tts"), default="sms", help="a text, or a call that reads it"
    )
    parser.add_argument(
        "--valid-for", metavar="T", type=parse_validity, help="how long delivery is tried: 30m, 2h"
    )
    parser.add_argument(
        "--metadata", metavar="K=V", type=parse_pair, action="append", help="comes back with events"
    )
    parser.add_argument(
        "--again", action="store_true", help="also if the same text went there within a day"
    )
    parser.add_argument(
        "--quiet-hours",
        choices=("later", "leave-out", "anyway"),
        default="later",
        help="to many: what happens with those in quiet hours (later)",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="to many: show who gets what, and send nothing"
    )
    parser.add_argument("--json", action="store_true", help="to many: one JSON object a line")
    parser.add_argument("--wait", action="store_true", help="follow the message to its final state")
    parser.add_argument(
        "--timeout",
        metavar="SECONDS",
        type=parse_seconds,
        help="with --wait: end after this time, with code 3",
    )


_ONLY_MANY = ("dry_run", "json")
_ONLY_ONE = ("at", "valid_for", "metadata")


def choose_send_module(parser: CommandParser, arguments: argparse.Namespace) -> str:
    """Return the module that sends: to one number, or to many.

    Args:
        parser: Parser of `send`.
        arguments: Parsed arguments; `to` becomes the number if there is only one.

    Raises:
        CommandError: An argument is missing, or does not fit the others.
    """
    is_many = bool(arguments.to_file or arguments.to_view or len(arguments.to or ()) > 1)
    missing = [] if is_many or arguments.to else ["--to"]
    missing += ["--text"] if arguments.text is None else []
    if missing:
        parser.error(f"the following arguments are required: {', '.join(missing)}")
    unfit = [name for name in (_ONLY_ONE if is_many else _ONLY_MANY) if vars(arguments)[name]]
    unfit += ["format"] if is_many and arguments.format != "sms" else []
    if unfit:
        option = f"--{unfit[0].replace('_', '-')}"
        reason = "is for a single number" if is_many else "needs several numbers"
        parser.error(f"{option} {reason}")
    if is_many:
        return "send_many"
    arguments.to = arguments.to[0]
    return "send"


def add_bulk_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `bulk`."""
    parser.add_argument(
        "action",
        choices=("list", "show", "pause", "resume", "cancel"),
        help="list them, show who got one, or stop it for a while or for good",
    )
    parser.add_argument("id", metavar="ID", nargs="?", type=parse_count, help="id of the list")
    parser.add_argument("--limit", metavar="N", type=parse_count, default=50, help="at most N (50)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
