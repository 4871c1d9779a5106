"""Handlers of all commands: one short function for each id in the registry."""

from tui.handlers import (
    consent,
    contact,
    delivery,
    desk,
    files,
    letters,
    listing,
    looks,
    marking,
    numbers,
    picking,
    pinging,
    piping,
    setup,
    thread,
    together,
    triage,
    writing,
)
from tui.handlers.kind import Handler

HANDLERS: dict[str, Handler] = {
    **listing.HANDLERS,
    **marking.SELECTION_HANDLERS,
    **thread.HANDLERS,
    **picking.HANDLERS,
    **triage.HANDLERS,
    **delivery.HANDLERS,
    **consent.HANDLERS,
    **files.FILE_HANDLERS,
    **contact.CONTACT_HANDLERS,
    **pinging.PING_HANDLERS,
    **piping.HANDLERS,
    **together.TAKE_OVER_HANDLERS,
    **writing.HANDLERS,
    **letters.DRAFT_HANDLERS,
    **desk.HANDLERS,
    **looks.THEME_HANDLERS,
    **numbers.STATISTICS_HANDLERS,
    **setup.SETUP_HANDLERS,
}
"""Handlers by command id; a test compares the ids with the registry."""
