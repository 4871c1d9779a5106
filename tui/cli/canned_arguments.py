"""Declare the arguments and the help of `canned`."""

import argparse
from pathlib import Path

ABOUT = (
    "List, show, import, export and remove canned replies and macros, in their order:\n"
    "the first nine have a digit. There are those of the team and those of the agent\n"
    "who runs this; the latter hide ones of the team with the same name."
)
EXAMPLES = (
    "smsdesk canned list",
    "smsdesk canned show thanks --json",
    "smsdesk canned import replies.toml",
    "smsdesk canned export --output replies.toml",
    "smsdesk canned remove thanks --personal",
)


def add_canned_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `canned`."""
    parser.add_argument(
        "action",
        choices=("list", "show", "import", "export", "remove"),
        help="list all, show one, read a TOML file, write one, or remove one",
    )
    parser.add_argument(
        "name", metavar="NAME", nargs="?", help="a canned reply, or the file to import; -: stdin"
    )
    parser.add_argument("--personal", action="store_true", help="only those of this agent")
    parser.add_argument("--output", metavar="PATH", type=Path, help="a new file (stdout)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
