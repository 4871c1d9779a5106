"""Wrap the private API of Textual's message pumps: what they wait for, and what they call.

See `tui.terminal.private_api`.
"""

from collections.abc import Callable
from weakref import WeakKeyDictionary, WeakSet

from textual import _callback
from textual.message import Message
from textual.message_pump import MessagePump

_count_parameters = _callback._count_parameters
_PARAMETER_COUNTS: WeakKeyDictionary[Callable[..., object], int] = WeakKeyDictionary()


def _count_parameters_once(func: Callable[..., object]) -> int:
    """Return the number of parameters of a callable.

    Textual reads the signature with every `call_later`, of which each key needs a dozen.
    """
    method = getattr(func, "__func__", None)
    if method is not None:
        return _count_parameters_once(method) - 1
    try:
        if (count := _PARAMETER_COUNTS.get(func)) is None:
            count = _PARAMETER_COUNTS[func] = _count_parameters(func)
    except TypeError:  # an object that can not be a key
        count = _count_parameters(func)
    return count


vars(_callback)["_count_parameters"] = _count_parameters_once


_get_message = MessagePump._get_message
_RESTING: WeakSet[MessagePump] = WeakSet()
"""Widgets, screens and apps whose last message is done, with all that followed from it."""


async def _get_message_and_rest(self: MessagePump) -> Message:
    """Return the next message, and let it be known that the pump waits for it."""
    _RESTING.add(self)
    try:
        return await _get_message(self)
    finally:
        _RESTING.discard(self)


MessagePump._get_message = _get_message_and_rest  # type: ignore[method-assign]


def is_resting(pump: MessagePump) -> bool:
    """Return whether a widget has nothing to do: no message is handled, and none waits.

    Args:
        pump: Widget, screen or app.
    """
    return pump in _RESTING and pump.message_queue_size == 0
