"""Keep the garbage collector from delaying keys, and the memory of threads in one heap.

Everything imported and built before the first paint stays until the end. Searching it for garbage
costs tens of milliseconds each time, and finds none.
"""

import contextlib
import gc
import sys

_ARENA_MAX = -8
"""Number of the option in `malloc.h`: how many heaps there may be."""


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


def use_one_heap() -> None:
    """Let the threads that are started from now on use one heap, where glibc is the C library.

    It has a heap for each thread otherwise, 0.7 MB of which nothing uses. The threads of an inbox
    rarely need memory at the same moment.
    """
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)
