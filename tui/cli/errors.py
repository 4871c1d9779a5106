"""How a command says that it cannot do what was asked."""

DONE = 0
FAILED = 1
"""The command ran and what it was asked for did not come about."""
BAD_USE = 2
"""Wrong arguments or wrong settings: nothing was done."""
UNEXPECTED = 70
"""An error of the program itself: the log has the details."""
INTERRUPTED = 130
"""Ended with Ctrl+C."""
PIPE_CLOSED = 141
"""Nobody reads the output any more."""


class CommandError(Exception):
    """The end of a command: one line for a person, and an exit code for a script."""

    def __init__(self, line: str, exit_code: int = FAILED) -> None:
        """`line` says what happened and what to do; it may hold outside text."""
        super().__init__(line)
        self.line = line
        self.exit_code = exit_code
