"""Which providers there are, each client imported only when an account with it is opened."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tui.clock import Clock
from tui.providers.abilities import capabilities_of
from tui.providers.protocol import Provider

if TYPE_CHECKING:
    from tui.providers.http import Transport

__all__ = ["PROVIDERS", "Options", "capabilities_of", "open_provider"]

Options = Mapping[str, Any]
"""An account's settings by their names there, secrets in clear; what is left out is the default."""


def _messagemedia(clock: Clock, transport: "Transport | None", options: Options) -> Provider:
    """MessageMedia's Messages API."""
    from tui.providers.messagemedia import MessageMedia

    return MessageMedia(clock=clock, transport=transport, **options)


def _messente(clock: Clock, transport: "Transport | None", options: Options) -> Provider:
    """Messente, either API."""
    from tui.providers.messente import Messente

    return Messente(clock=clock, transport=transport, **options)


def _serwersms(clock: Clock, transport: "Transport | None", options: Options) -> Provider:
    """SerwerSMS, HTTPS API v2."""
    from tui.providers.serwersms import SerwerSms

    return SerwerSms(clock=clock, transport=transport, **options)


def _smartswitch(clock: Clock, transport: "Transport | None", options: Options) -> Provider:
    """An operator's SmartSwitch, with the names of its templates."""
    from tui.providers.smartswitch import ReceiptFields, ReplyFields, SmartSwitch

    named = {"receipt_fields": ReceiptFields, "reply_fields": ReplyFields}
    fields = {name: kind(**options[name]) for name, kind in named.items() if name in options}
    return SmartSwitch(clock=clock, transport=transport, **{**options, **fields})


def _messageport(clock: Clock, transport: "Transport | None", options: Options) -> Provider:
    """MessagePort's REST API."""
    from tui.providers.messageport import MessagePort

    return MessagePort(clock=clock, transport=transport, **options)


_Factory = Callable[[Clock, "Transport | None", Options], Provider]
_FACTORIES: dict[str, _Factory] = {
    "messagemedia": _messagemedia,
    "messente": _messente,
    "serwersms": _serwersms,
    "smartswitch": _smartswitch,
    "messageport": _messageport,
}
PROVIDERS: tuple[str, ...] = tuple(_FACTORIES)
"""Every provider's word in the settings."""


def open_provider(
    provider: str, options: Options, clock: Clock, transport: "Transport | None" = None
) -> Provider:
    """The client of one account; nothing is sent before it is asked for something.

    Raises `KeyError` for an unknown provider, `CredentialsRefused` or `ValueError` for options
    that cannot be used, `TypeError` for one that the provider does not have.
    """
    return _FACTORIES[provider](clock, transport, options)
