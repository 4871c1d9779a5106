"""Restore Ctrl+C in the programs that tests start."""

import signal


def restore_interrupts() -> None:
    """Restore the default handling of SIGINT; run this in a child process before its program.

    Tests that a shell starts in the background (`&`) ignore SIGINT, and so do their children.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
