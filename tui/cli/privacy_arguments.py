"""Declare the arguments of `prune`, `forget`, `evidence` and `verify`, with their help."""

import argparse
from pathlib import Path

from tui.cli.command_parser import parse_count

_PRUNE_NOTES = """\
what stays:
  messages that are queued, being sent, maybe sent or wait for their receipt
  (30 days), all of starred conversations, opt-outs, contacts, the history
  without quoted texts. Conversations that are empty then disappear.
  With keep_days in the settings the service does this by itself, a little at a
  time. Backups are not changed: see smsdesk help privacy."""
_FORGET_NOTES = """\
what goes:
  texts, name, notes, own fields, files, raw payloads, drafts, labels, history
  and the search index, in every form of the number and for merged numbers too.
what stays:
  the opt-out, without its text; one line in the audit trail, without content.
  Backups, exports and the provider's records: the command names those it knows.
  It cannot be undone, so the number is asked for again; --yes is for scripts."""
_EVIDENCE_NOTES = """\
what it proves:
  that the file is as it was written: smsdesk verify names the first line in
  which a byte was changed, or where a line was removed, added or moved. Who can
  write the file can also make a new one. So note the final hash elsewhere, or
  use --sign-key with a secret file that others do not have."""


def add_prune_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `prune`."""
    parser.add_argument(
        "--days", metavar="N", type=parse_count, help="age in days (keep_days of the settings)"
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would be deleted")
    parser.add_argument("--yes", action="store_true", help="delete it without a question")
    parser.add_argument("--json", action="store_true", help="the result as one JSON object")


def add_forget_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `forget`."""
    parser.add_argument("number", metavar="NUMBER", help="the customer's number, in any form")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be erased")
    parser.add_argument("--yes", action="store_true", help="erase it without a question")
    parser.add_argument("--json", action="store_true", help="the result as one JSON object")


def add_evidence_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `evidence`."""
    parser.add_argument("number", metavar="NUMBER", help="the customer's number or name, or an id")
    parser.add_argument("--output", metavar="FILE", type=Path, required=True, help="a new file")
    _add_key_argument(parser)


def add_verify_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `verify`."""
    parser.add_argument("file", metavar="FILE", type=Path, help="a file of smsdesk evidence")
    _add_key_argument(parser)
    parser.add_argument("--json", action="store_true", help="the result as one JSON object")


def _add_key_argument(parser: argparse.ArgumentParser) -> None:
    """Add the argument of the secret with which a chain is made."""
    parser.add_argument(
        "--sign-key", metavar="PATH", type=Path, help="file with a secret, for HMAC hashes"
    )


PRIVACY_HELP: dict[str, tuple[str, str, tuple[str, ...], str]] = {
    "prune": (
        "delete messages that are older than a number of days",
        "Delete old messages with their files, reports and raw payloads, in small steps,\n"
        "while others work. With --dry-run only say what that would be, month by month.",
        (
            "smsdesk prune --dry-run --days 730",
            "smsdesk prune --days 730 --yes",
            "smsdesk prune --dry-run --json",
        ),
        _PRUNE_NOTES,
    ),
    "forget": (
        "erase everything of one customer, but the opt-out",
        "Erase a customer who asks to be forgotten, and overwrite what that leaves in\n"
        "the inbox file. Refuse while a text to them is being sent; drop what is queued.",
        (
            "smsdesk forget +61491570156 --dry-run",
            "smsdesk forget +61491570156",
            "smsdesk forget 0491570156 --yes --json",
        ),
        _FORGET_NOTES,
    ),
    "evidence": (
        "write one conversation so that any change to the file is found",
        "Write messages, reports of the provider, consent decisions, history and hashes\n"
        "of files as JSON lines, each with a hash of itself and of all lines before it.",
        (
            "smsdesk evidence +61491570156 --output case-17.jsonl",
            "smsdesk evidence Ana --output case-17.jsonl --sign-key /root/evidence.key",
            "smsdesk verify case-17.jsonl",
        ),
        _EVIDENCE_NOTES,
    ),
    "verify": (
        "check that evidence is as it was written",
        "Check every line of a file of smsdesk evidence. Exit code 0: not a byte was\n"
        "changed; 1: the first line that is wrong is named.",
        ("smsdesk verify case-17.jsonl", "smsdesk verify case-17.jsonl --json"),
        _EVIDENCE_NOTES,
    ),
}
"""Summary, description, examples and notes of each command, for its help."""
