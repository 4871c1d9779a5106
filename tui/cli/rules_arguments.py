"""Declare the arguments of `smsdesk rules`, and the texts of its help."""

import argparse
from pathlib import Path

from tui.cli.command_parser import parse_count

RULES_SUMMARY = "what is done by itself: try, switch on, export, import"
RULES_ABOUT = (
    "Rules label, assign, answer or notify by themselves when a text arrives or a\n"
    "customer waits. test judges the texts of the last days and does nothing. A new\n"
    "rule is off until it is switched on, here or with g r in the inbox."
)
RULES_EXAMPLES = (
    "smsdesk rules list",
    "smsdesk rules test rules.toml --days 14",
    "smsdesk rules import rules.toml",
    "smsdesk rules on out_of_hours",
    "smsdesk rules export > rules.toml",
)
RULES_NOTES = """\
a file of rules (smsdesk help standing-rules explains it):
  [[rule]]
  name = "out_of_hours"
  when = ["arrives", "outside hours"]
  then = ["answer out_of_office", "label night"]
  [rule.hours]
  week = "mon-fri 9-17" """.rstrip()


def add_rules_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `rules`."""
    parser.add_argument(
        "action",
        # "remove" as of views and replies; "delete" was its name before.
        type=lambda typed: "remove" if typed == "delete" else typed,
        choices=("list", "show", "test", "on", "off", "import", "export", "remove"),
        help="list them, show one, try a file or a rule, switch one, copy them from or to a file",
    )
    parser.add_argument(
        "names", metavar="NAME | FILE", nargs="*", help="names of rules; with import: a file"
    )
    parser.add_argument(
        "--days", metavar="N", type=parse_count, default=14, help="with test: the last N days (14)"
    )
    parser.add_argument("--output", metavar="PATH", type=Path, help="with export: a new file")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
