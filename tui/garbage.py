"""Keep the search for garbage out of the way of keys.

What is imported and built until the first picture stays until the end. Searching it for garbage
costs tens of milliseconds each time, and finds none.
"""

import gc


def postpone() -> None:
    """Search for nothing until `settle`."""
    gc.disable()


def settle() -> None:
    """What is there now stays; search only what comes. Does nothing unless it was postponed."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
