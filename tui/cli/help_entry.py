"""Define what the help of one command says."""

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


def format_examples(*lines: str) -> str:
    """Return examples below their heading."""
    return "\n".join(["examples:", *(f"  {line}" for line in lines)])
