"""Declare the arguments of the commands for programs: those that act, `follow` and `hooks`."""

import argparse
from collections.abc import Callable

from tui.domain.change import JournalKind

Declare = Callable[[argparse.ArgumentParser], None]


def _parse_event_id(text: str) -> int:
    """Parse the id of an event; 0 stands before all of them."""
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise argparse.ArgumentTypeError(f"{text} is not the id of an event, or 0")
    return int(text)


def _add_target_arguments(parser: argparse.ArgumentParser, *, is_message: bool = False) -> None:
    """Add the arguments that every acting command takes."""
    what = "ids of messages" if is_message else "numbers, names, or ids of conversations"
    parser.add_argument(
        "targets",
        metavar="MESSAGE" if is_message else "N",
        nargs="+",
        help=f"{what}; - reads them from stdin, one a line",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object for each")


def _add_close_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `close` and `reopen`."""
    _add_target_arguments(parser)


def _add_read_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `read`."""
    _add_target_arguments(parser)
    parser.add_argument("--unread", action="store_true", help="mark as unread in place of read")


def _add_assign_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `assign`."""
    _add_target_arguments(parser)
    parser.add_argument("value", metavar="AGENT", help="name of the agent; me: you, none: no one")


def _add_label_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `label`."""
    _add_target_arguments(parser)
    parser.add_argument("value", metavar="LABEL", help="the label, with # or without")
    parser.add_argument("--remove", action="store_true", help="remove the label")


def _add_note_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `note`."""
    _add_target_arguments(parser)
    parser.add_argument("value", metavar="TEXT", help="the text; @name notifies an agent")


def _add_snooze_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `snooze`."""
    _add_target_arguments(parser)
    parser.add_argument("value", metavar="WHEN", help='2h, "fri 9", "9 march 14:30", "until reply"')


def _add_resolve_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `resolve`."""
    _add_target_arguments(parser, is_message=True)
    parser.add_argument("value", choices=("sent", "not-sent"), help="what you know about it")


def _add_cancel_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `cancel`."""
    _add_target_arguments(parser, is_message=True)


def _add_follow_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `follow`."""
    parser.add_argument(
        "--since", metavar="ID", type=_parse_event_id, help="begin after this event; 0: all kept"
    )
    parser.add_argument(
        "--kind",
        metavar="KIND",
        action="append",
        choices=[kind.value for kind in JournalKind],
        help="only events of this kind; can be repeated",
    )
    parser.add_argument("--once", action="store_true", help="print what there is, then end")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def _add_hooks_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `hooks`."""
    parser.add_argument(
        "action",
        nargs="?",
        default="list",
        choices=("list", "retry", "skip", "forget"),
        help="list them (default); post again now; pass over what waits; forget one",
    )
    parser.add_argument("name", metavar="NAME", nargs="?", help='as listed: "webhook crm"')
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


PROGRAM_COMMANDS: dict[str, tuple[str, Declare]] = {
    "close": ("acting", _add_close_arguments),
    "reopen": ("acting", _add_close_arguments),
    "assign": ("acting", _add_assign_arguments),
    "label": ("acting", _add_label_arguments),
    "note": ("acting", _add_note_arguments),
    "snooze": ("acting", _add_snooze_arguments),
    "read": ("acting", _add_read_arguments),
    "resolve": ("acting", _add_resolve_arguments),
    "cancel": ("acting", _add_cancel_arguments),
    "follow": ("follow", _add_follow_arguments),
    "hooks": ("hooks", _add_hooks_arguments),
}
"""Module and argument declaration of each command, by the command's name."""
