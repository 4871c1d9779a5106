"""The desk in plain lines: for screen readers, dumb terminals and slow links.

Lines are only ever added, nothing is drawn twice, and no cursor moves. Choices are numbers and
words. What may be done, and what speaks against it, is decided where the full screen asks too;
nothing of the full screen is imported.
"""

from tui.plain.session import PlainDesk
from tui.plain.talk import Ask, Say

__all__ = ["Ask", "PlainDesk", "Say"]
