"""Define the exit codes and the error with which a command ends."""

DONE = 0
"""The command did what was requested."""
FAILED = 1
"""The command ran but failed."""
BAD_USE = 2
"""Wrong arguments or settings: nothing was done."""
TIMED_OUT = 3
"""The time to wait was over before the result was known."""
EVENTS_GONE = 4
"""`follow --since`: events after this one are not kept any more."""
UNEXPECTED = 70
"""An error of the program itself: the log has the details."""
INTERRUPTED = 130
"""Ended with Ctrl+C."""
PIPE_CLOSED = 141
"""The reader of the output has closed the pipe."""


class CommandError(Exception):
    """End a command with one line for a person and an exit code for a script."""

    def __init__(self, line: str, exit_code: int = FAILED) -> None:
        """Create the error.

        Args:
            line: What happened and what to do; it may contain text from outside.
            exit_code: Exit code of the process.
        """
        super().__init__(line)
        self.line = line
        self.exit_code = exit_code


EXIT_CODE_BASE = 128
"""Added to the number of a signal that ended the program."""


class EndedBySignalError(BaseException):
    """The program ends because of a signal; no handler of ordinary errors should stop this."""

    def __init__(self, number: int) -> None:
        """Create the error for the signal of this number."""
        super().__init__(f"ended by signal {number}")
        self.exit_code = EXIT_CODE_BASE + number
