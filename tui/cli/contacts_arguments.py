"""Declare the arguments of `smsdesk contacts`, and hold its help text."""

import argparse
from pathlib import Path

from tui.cli.command_parser import parse_count

SUMMARY = "list, find, change and export contacts"
ABOUT = (
    "Work with the address book. WHO is a number of a contact, in any notation, or\n"
    "its name. A field is a named value of a contact: {order} in a text stands for\n"
    "it; F= without a value removes it. What export writes, import contacts reads."
)
EXAMPLES = (
    "smsdesk contacts find kowal",
    "smsdesk contacts show +48500600701 --json",
    'smsdesk contacts add +48500600701 +48500600702 --name "Ana Kowalska"',
    'smsdesk contacts set "Ana Kowalska" --field order=4711 --note VIP',
    "smsdesk contacts set +48500600701 --field order=",
    "smsdesk contacts remove +48500600701",
    "smsdesk contacts export --output people.csv",
)


def add_contacts_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `contacts`."""
    parser.add_argument(
        "action",
        choices=("list", "find", "show", "add", "set", "remove", "export"),
        help="list or find some, show, add, change or remove one, or write all as CSV",
    )
    parser.add_argument(
        "words", metavar="WHO", nargs="*", help="number or name; with add: its numbers"
    )
    parser.add_argument("--name", metavar="N", help="the name")
    parser.add_argument("--note", metavar="T", help="the note for colleagues")
    for option, metavar, note in (
        ("field", "F=V", "value of a field; F= removes it"),
        ("add-number", "N", "with set: one more number"),
        ("remove-number", "N", "with set: a number less"),
    ):
        parser.add_argument(f"--{option}", metavar=metavar, action="append", default=[], help=note)
    parser.add_argument("--output", metavar="PATH", type=Path, help="a new file (stdout)")
    parser.add_argument("--limit", metavar="N", type=parse_count, default=50, help="at most N (50)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
