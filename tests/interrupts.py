"""Restore the signals of a terminal in the programs that tests start."""

import signal


def restore_interrupts() -> None:
    """Restore what the signals of a terminal do; run this in a child process before its program.

    Tests that a shell starts in the background (`&`, `nohup`) ignore some of these signals, and so
    do their children.
    """
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
