"""Keep the garbage collector from delaying keys.

Everything imported and built before the first paint stays until the end. Searching it for garbage
costs tens of milliseconds each time, and finds none.
"""

import gc


def postpone_collection() -> None:
    """Stop the garbage collector until `resume_collection` is called."""
    gc.disable()


def resume_collection() -> None:
    """Exclude all present objects from collection and start the collector again.

    Does nothing unless the collection was postponed.
    """
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
