"""Declare the arguments of every command.

They stand in one module that imports no command, so that `--help` and errors stay fast.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

from tui.cli.canned_arguments import add_canned_arguments
from tui.cli.command_parser import (
    add_inbox_arguments,
    parse_count,
    parse_listen_address,
    parse_port,
    parse_url,
)
from tui.cli.contacts_arguments import add_contacts_arguments
from tui.cli.import_arguments import add_import_arguments
from tui.cli.privacy_arguments import (
    add_evidence_arguments,
    add_forget_arguments,
    add_prune_arguments,
    add_verify_arguments,
)
from tui.cli.program_arguments import PROGRAM_COMMANDS
from tui.cli.rules_arguments import add_rules_arguments
from tui.cli.send_arguments import add_bulk_arguments, add_send_arguments
from tui.cli.team_arguments import (
    add_agent_arguments,
    add_statistics_arguments,
    add_team_arguments,
    add_thread_arguments,
    add_view_arguments,
)


def _add_demo_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `demo`."""
    add_inbox_arguments(parser)
    parser.add_argument(
        "--keep", metavar="PATH", type=Path, help="keep the demo's database in this file"
    )
    parser.add_argument(
        "--database", metavar="URL", help="keep it on this PostgreSQL server, in an empty schema"
    )
    parser.add_argument(
        "--threads", metavar="N", type=parse_count, help="fill it with N made-up conversations"
    )
    parser.add_argument(
        "--messages",
        metavar="M",
        type=parse_count,
        help="and with M messages in all of them together",
    )
    parser.add_argument(
        "--no-open", action="store_true", help="fill the database and exit without the inbox"
    )


def _add_sandbox_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `sandbox`."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument(
        "--port", type=parse_port, default=8765, help="port to listen on (8765), 0: any"
    )
    parser.add_argument(
        "--push-to",
        metavar="URL",
        type=parse_url,
        help="push replies and receipts to this listener",
    )


def _add_sync_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `sync`."""
    parser.add_argument("--once", action="store_true", help="do what is due now, then exit")
    parser.add_argument(
        "--listen",
        metavar="HOST:PORT",
        type=parse_listen_address,
        help="take in pushed replies and receipts",
    )
    parser.add_argument(
        "--print-unit", action="store_true", help="print a systemd unit for these settings"
    )


def _add_messages_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `messages`."""
    parser.add_argument("number", metavar="N", help="the customer's number or name, or an id")
    _add_list_arguments(parser)


def _add_search_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `search`."""
    parser.add_argument(
        "query", metavar="Q", nargs="+", help="words, all of them in one message, and filters"
    )
    _add_list_arguments(parser)


def _add_list_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of every command that prints rows."""
    parser.add_argument("--limit", metavar="N", type=parse_count, default=50, help="at most N (50)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def _add_export_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `export`."""
    parser.add_argument(
        "--thread", metavar="N", help="only the conversation of this number, name or message id"
    )
    parser.add_argument(
        "--format", choices=("jsonl", "csv"), default="jsonl", help="JSON lines or CSV (jsonl)"
    )
    parser.add_argument("--output", metavar="PATH", type=Path, help="a new file (stdout)")


def _add_backup_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `backup`."""
    parser.add_argument("file", metavar="PATH", type=Path, help="the new copy of the inbox file")


def _add_restore_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `restore`."""
    parser.add_argument("file", metavar="PATH", type=Path, help="a copy made by smsdesk backup")
    parser.add_argument("--yes", action="store_true", help="replace the inbox without a question")


def _add_doctor_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `doctor`."""
    parser.add_argument("--offline", action="store_true", help="do not ask the providers")
    parser.add_argument(
        "--selftest", action="store_true", help="send a signed test push to public_url"
    )
    parser.add_argument("--notify", action="store_true", help="send a test alarm")
    parser.add_argument(
        "--send-alarms", action="store_true", help="only send what is new, as the service does"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def _add_held_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `held`."""
    parser.add_argument(
        "action",
        choices=("list", "show", "retry", "dismiss"),
        help="list them, show all of one, take them in after a fix, or dismiss them",
    )
    parser.add_argument("ids", metavar="ID", nargs="*", type=parse_count, help="ids of the list")
    parser.add_argument("--account", metavar="A", help="only items of this account")
    parser.add_argument("--all", action="store_true", help="retry or dismiss all that are held")
    parser.add_argument("--done", action="store_true", help="list what was taken in or dismissed")
    _add_list_arguments(parser)


def _add_help_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `help`."""
    parser.add_argument(
        "topic", metavar="TOPIC", nargs="?", help="a page or a command; without it: the list"
    )
    parser.add_argument("--man", action="store_true", help="print the manual page's source")


def _add_completion_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `completion`."""
    parser.add_argument("shell", choices=("bash", "zsh", "fish"), help="the shell to complete in")


COMMANDS: dict[str, tuple[str, Callable[[argparse.ArgumentParser], None]]] = {
    "demo": ("demo", _add_demo_arguments),
    "sandbox": ("sandbox", _add_sandbox_arguments),
    "sync": ("sync", _add_sync_arguments),
    "send": ("send", add_send_arguments),
    "bulk": ("bulk", add_bulk_arguments),
    "threads": ("threads", add_thread_arguments),
    "messages": ("messages", _add_messages_arguments),
    "search": ("search", _add_search_arguments),
    "held": ("held", _add_held_arguments),
    **PROGRAM_COMMANDS,
    "statistics": ("statistics", add_statistics_arguments),
    "views": ("team_commands", add_view_arguments),
    "teams": ("team_commands", add_team_arguments),
    "agents": ("team_commands", add_agent_arguments),
    "rules": ("rule_command", add_rules_arguments),
    "canned": ("manage_canned", add_canned_arguments),
    "export": ("export", _add_export_arguments),
    "contacts": ("contacts_command", add_contacts_arguments),
    "import": ("import_contacts", add_import_arguments),
    "backup": ("backup", _add_backup_arguments),
    "restore": ("restore", _add_restore_arguments),
    "prune": ("prune", add_prune_arguments),
    "forget": ("forget", add_forget_arguments),
    "evidence": ("evidence", add_evidence_arguments),
    "verify": ("verify", add_verify_arguments),
    "doctor": ("doctor", _add_doctor_arguments),
    "help": ("help", _add_help_arguments),
    "completion": ("completion", _add_completion_arguments),
}
"""Module and argument declaration of each command, by the command's name.

Without a command, `tui.cli.inbox` opens the inbox.
"""
