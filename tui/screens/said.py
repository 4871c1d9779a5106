"""Base of the screens: store errors become status texts, frames follow a faster timer.

A store that refuses an action is reported on the screen; it never ends the program. The
main
screen paints everything that one key changed in a single frame.
"""

from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from tui.domain.text import one_line
from tui.store.errors import StoreError


class StatusDisplay(Protocol):
    """Screen that can show a status text."""

    def show_status(self, text: str) -> None:
        """Show a status text.

        Args:
            text: One line.
        """


S = TypeVar("S", bound=StatusDisplay)
P = ParamSpec("P")


def report_store_errors(
    method: Callable[Concatenate[S, P], Awaitable[None]],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, None]]:
    """Return the method with store errors shown as status text instead of raised.

    Args:
        method: Coroutine of a screen, or a function whose first parameter is a screen.
    """

    @wraps(method)
    # Textual ends the app when a handler raises.
    async def run_and_report(self: S, /, *args: P.args, **kwargs: P.kwargs) -> None:
        """Run the method and show a store error."""
        try:
            await method(self, *args, **kwargs)
        except StoreError as error:
            self.show_status(one_line(str(error), 300))

    return run_and_report
