"""Define what the help of one command says, and the order of all commands."""

from collections.abc import Mapping

from tui.domain.record_type import record


@record
class HelpText:
    """Help text of one command."""

    summary: str
    """Description in the list of commands."""
    about: str
    """Text above the options."""
    epilog: str
    """Text below the options: examples and exit codes."""


COMMAND_GROUPS = {
    "try it and set it up": ("demo", "doctor", "help", "completion", "sandbox"),
    "send": ("send", "bulk", "cancel", "resolve"),
    "read": ("threads", "messages", "search", "contacts", "statistics", "held"),
    "act on conversations": ("close", "reopen", "snooze", "assign", "label", "note", "read"),
    "run as a service, and connect programs": ("sync", "follow", "hooks"),
    "share with a team": ("views", "teams", "agents", "rules", "canned"),
    "move and keep data": ("import", "export", "backup", "restore"),
    "delete, forget, prove": ("prune", "forget", "evidence", "verify"),
}
"""Names of the commands below a heading, in the order of `smsdesk --help`."""


def format_examples(*lines: str) -> str:
    """Return examples below their heading."""
    return "\n".join(["examples:", *(f"  {line}" for line in lines)])


def list_commands(texts: Mapping[str, HelpText]) -> str:
    """Return all commands by what they are for, each with its summary.

    Args:
        texts: Help text of each command, by the command's name.
    """
    return "\n\n".join(
        "\n".join([f"{heading}:", *(f"  {name:<11} {texts[name].summary}" for name in names)])
        for heading, names in COMMAND_GROUPS.items()
    )
