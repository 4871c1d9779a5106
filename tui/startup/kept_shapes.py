"""Keep how numbers are grouped from one start to the next, for the first picture."""

import json
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress

from tui.domain.number_shapes import seen_shapes, use_shapes
from tui.settings.paths import find_shape_file, write_private

_MOST_SHAPES = 1_000
"""How many are kept, so that the file stays small; the newest."""


def use_kept_shapes(environ: Mapping[str, str]) -> AbstractContextManager[None]:
    """Return the context in which numbers are grouped as an earlier start has grouped them.

    Args:
        environ: Environment variables, for the place of the file.
    """
    return use_shapes(_read_shapes(environ))


@contextmanager
def keep_shapes(environ: Mapping[str, str]) -> Iterator[None]:
    """Write at the end of the block how numbers were grouped in it, if any was in a new way.

    Args:
        environ: Environment variables, for the place of the file.
    """
    yield
    known = _read_shapes(environ)
    if not seen_shapes.items() <= known.items():
        with suppress(OSError):
            newest = [*{**known, **seen_shapes}.items()][-_MOST_SHAPES:]
            write_private(find_shape_file(environ), json.dumps(dict(newest)))


def _read_shapes(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the shapes in the file; none if it is missing or damaged."""
    try:
        found = json.loads(find_shape_file(environ).read_bytes())
        return {str(key): str(shape) for key, shape in found.items()}
    except (OSError, ValueError, AttributeError, RecursionError):
        return {}
