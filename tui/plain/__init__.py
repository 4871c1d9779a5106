"""Show the desk in plain lines: for screen readers, simple terminals and slow connections.

Lines are only ever added, nothing is drawn twice, and no cursor moves. Choices are numbers and
short commands. Every action and every check before it is the same as in the full screen; nothing
of the full screen is imported.
"""

from tui.plain.app import PlainApp
from tui.plain.dialog import LineReader, LineWriter

__all__ = ["LineReader", "LineWriter", "PlainApp"]
