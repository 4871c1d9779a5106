"""What each command does: one short function for each id in the registry."""

from tui.handlers import desk, listing, thread, writing
from tui.handlers.kind import Handler

HANDLERS: dict[str, Handler] = {
    **listing.HANDLERS,
    **thread.HANDLERS,
    **writing.HANDLERS,
    **desk.HANDLERS,
}
"""By command id; a test compares it with the registry."""
