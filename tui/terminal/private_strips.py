"""Wrap the private API of Textual's strips, which are the lines of widgets.

See `tui.terminal.private_api`. Textual gives each strip seven caches, of which most strips use one
or none: of a screen with its cached lines they take 2 MB, and half of the time to make a strip.
"""

from collections.abc import Iterable
from typing import Any

from rich.segment import Segment
from textual.cache import FIFOCache
from textual.strip import Strip

CACHE_SIZES = {
    **{"_crop_cache": 16, "_style_cache": 16},
    **{"_divide_cache": 4, "_filter_cache": 4, "_line_length_cache": 4},
    **{"_crop_extend_cache": 4, "_offsets_cache": 4},
}
"""Caches of a strip with their sizes, as `Strip.__init__` makes them."""
create_full_strip = Strip.__init__
"""What Textual does for each new strip."""


def _create_strip(self: Strip, segments: Iterable[Segment], cell_length: int | None = None) -> None:
    """Keep the segments; the caches are made by the first use."""
    self._segments = list(segments)
    self._cell_length = cell_length
    self._render_cache = self._link_ids = self._cell_count = None


def _make_cache(self: Strip, name: str) -> FIFOCache[Any, Any]:
    """Make a cache that is used for the first time: Python asks here for what a strip lacks."""
    if name not in CACHE_SIZES:
        raise AttributeError(f"a strip has no {name}")
    cache: FIFOCache[Any, Any] = FIFOCache(CACHE_SIZES[name])
    setattr(self, name, cache)
    return cache


def make_strips_light() -> None:
    """Make strips without caches from now on."""
    Strip.__init__ = _create_strip  # type: ignore[method-assign]
    Strip.__getattr__ = _make_cache  # type: ignore[attr-defined]
