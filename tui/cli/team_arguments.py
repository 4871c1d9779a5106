"""Declare the arguments of `views`, `teams` and `agents`, with the texts of their help."""

import argparse

from tui.cli.command_parser import parse_count


def add_thread_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `threads`."""
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--view", metavar="NAME", help="only those of a saved view, in its order")
    chosen.add_argument("--filter", metavar="FILTER", help='as "account:au is:unread label:vip"')
    parser.add_argument("--limit", metavar="N", type=parse_count, default=50, help="at most N (50)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def add_view_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `views`."""
    parser.add_argument(
        "action",
        choices=("list", "show", "save", "rename", "move", "within", "hours", "remove"),
        help="list all, show one, save one with --filter, rename, move up or down, set within"
        " which time it is answered, show or set the hours of the desk, remove",
    )
    parser.add_argument("names", metavar="NAME", nargs="*", help="name or key of the view")
    parser.add_argument("--filter", metavar="FILTER", help="with save: what the view shows")
    parser.add_argument("--private", action="store_true", help="with save: only you see it")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def add_team_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `teams`."""
    parser.add_argument(
        "action",
        choices=("list", "save", "rename", "remove"),
        help="list all, save one with its members, rename or remove one",
    )
    parser.add_argument("names", metavar="NAME", nargs="*", help="the team, then its members")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def add_agent_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `agents`."""
    parser.add_argument(
        "action", choices=("list", "add", "set"), help="list all, add one, or change one"
    )
    parser.add_argument("names", metavar="NAME", nargs="*", help="name of the agent, or me")
    parser.add_argument("--level", choices=("agent", "lead"), help="with set: the level")
    parser.add_argument("--away", metavar="WHEN", help='with set: "mon", "fri 14:00", or back')
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def add_statistics_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `statistics`."""
    parser.add_argument(
        "--days", metavar="N", type=parse_count, default=7, help="with today, N days (7)"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


FILTER_NOTES = """\
filters (all of them have to hold):
  account:au           answered through this account
  own:+61491570156     the customer last wrote to this number of yours
  label:vip            with this label
  assigned:bo          also me, none, or a team: @sales
  team:sales           of the team or one of its members
  is:unread            also overdue, failed, starred, draft, mentioned
  state:closed         also snoozed, all; without it: open
  order:newest         also due (least time left); without it: longest wait
Other words are part of a name or number. Put what has blanks into quotes."""

TEAM_HELP = {
    "statistics": (
        "texts, and how fast customers were answered",
        "First answers by agent, view and hour: median, nine of ten, times kept.",
        "examples:\n  smsdesk statistics --days 30\n  smsdesk statistics --json",
    ),
    "views": (
        "saved views, times for an answer, business hours",
        "A view is a filter with a name and a key. Shared ones are seen by every agent;\n"
        "only leads change them, once a lead is named.",
        FILTER_NOTES
        + "\n\nexamples:\n"
        + '  smsdesk views save vip --filter "label:vip is:unread"\n'
        + "  smsdesk views list --json\n"
        + "  smsdesk views move vip up\n"
        + "  smsdesk views within vip 30m\n"
        + '  smsdesk views hours "mon-fri 9-17; 2026-12-25; Europe/Warsaw"\n'
        + "  smsdesk threads --view vip",
    ),
    "teams": (
        "teams: list, save with members, rename, remove",
        "A team is a named list of agents. What is assigned to @sales waits for each of\n"
        "its members. When a team is removed, its conversations become unassigned.",
        "examples:\n"
        "  smsdesk teams save sales bo mia\n"
        "  smsdesk teams rename sales shop\n"
        "  smsdesk teams list --json",
    ),
    "agents": (
        "agents: list, add, away until, level",
        "Everyone may change everything until a lead is named. From then on only leads\n"
        "change levels, teams, rules, accounts, retention and what is shared.",
        "examples:\n"
        "  smsdesk agents list\n"
        "  smsdesk agents set me --away mon\n"
        "  smsdesk agents set bo --away back\n"
        "  smsdesk agents set mia --level lead",
    ),
}
"""Summary, purpose and notes of each command."""
