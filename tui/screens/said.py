"""A store that refuses is said on the screen; it never ends the program."""

from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from tui.domain.text import one_line
from tui.store.errors import StoreError


class Sayer(Protocol):
    """Whoever can show a line."""

    def say(self, words: str) -> None:
        """Show it."""


S = TypeVar("S", bound=Sayer)
P = ParamSpec("P")


def said(
    method: Callable[Concatenate[S, P], Awaitable[None]],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, None]]:
    """A handler whose store errors are told the agent."""

    @wraps(method)
    async def handle(self: S, /, *args: P.args, **kwargs: P.kwargs) -> None:
        """The method, with an ear for errors."""
        try:
            await method(self, *args, **kwargs)
        except StoreError as error:
            self.say(one_line(str(error), 300))

    return handle
