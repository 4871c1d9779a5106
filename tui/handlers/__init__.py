"""What each command does: one short function for each id in the registry."""

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
    **marking.HANDLERS,
    **thread.HANDLERS,
    **picking.HANDLERS,
    **triage.HANDLERS,
    **delivery.HANDLERS,
    **consent.HANDLERS,
    **files.HANDLERS,
    **contact.HANDLERS,
    **pinging.HANDLERS,
    **piping.HANDLERS,
    **together.HANDLERS,
    **writing.HANDLERS,
    **letters.HANDLERS,
    **desk.HANDLERS,
    **looks.HANDLERS,
    **numbers.HANDLERS,
    **setup.HANDLERS,
}
"""By command id; a test compares it with the registry."""
