"""Mark single cases of a test as slow: they run by hand, not in the gate."""

from typing import Any

import pytest


def slow_case(*values: Any, name: str | None = None) -> Any:
    """Return the values of a case that takes long and hardly differs from the other cases.

    Args:
        *values: Values of the parameters.
        name: Name of the case; None for the usual one.
    """
    return pytest.param(*values, id=name, marks=pytest.mark.slow)
