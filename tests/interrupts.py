"""Programs that hear Ctrl+C, also where the tests themselves were started deaf to it."""

import signal


def hearing() -> None:
    """To run in a child before its program: whoever runs tests behind a `&` ignores SIGINT."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
