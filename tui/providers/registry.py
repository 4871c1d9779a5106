"""Open the client of a provider account; each client is imported only when it is needed."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tui.clock import Clock
from tui.providers.catalog import get_capabilities
from tui.providers.protocol import Provider

if TYPE_CHECKING:
    from tui.providers.http import Transport

__all__ = ["PROVIDERS", "Options", "get_capabilities", "open_provider"]

Options = Mapping[str, Any]
"""Settings of an account by name, with secrets in clear; a missing one has its default."""


def _open_messagemedia(clock: Clock, transport: "Transport | None", options: Options) -> Provider:
    """Open an account at MessageMedia's Messages API."""
    from tui.providers.messagemedia import MessageMedia

    return MessageMedia(clock=clock, transport=transport, **options)


def _open_messente(clock: Clock, transport: "Transport | None", options: Options) -> Provider:
    """Open an account at one of Messente's two APIs."""
    from tui.providers.messente import Messente

    return Messente(clock=clock, transport=transport, **options)


def _open_serwersms(clock: Clock, transport: "Transport | None", options: Options) -> Provider:
    """Open an account at SerwerSMS, HTTPS API v2."""
    from tui.providers.serwersms import SerwerSms

    return SerwerSms(clock=clock, transport=transport, **options)


def _open_smartswitch(clock: Clock, transport: "Transport | None", options: Options) -> Provider:
    """Open an account at an operator's SmartSwitch, with the names of its templates."""
    from tui.providers.smartswitch import ReceiptFieldNames, ReplyFieldNames, SmartSwitch

    named = {"receipt_fields": ReceiptFieldNames, "reply_fields": ReplyFieldNames}
    fields = {name: kind(**options[name]) for name, kind in named.items() if name in options}
    return SmartSwitch(clock=clock, transport=transport, **{**options, **fields})


def _open_messageport(clock: Clock, transport: "Transport | None", options: Options) -> Provider:
    """Open an account at MessagePort's REST API."""
    from tui.providers.messageport import MessagePort

    return MessagePort(clock=clock, transport=transport, **options)


_ClientFactory = Callable[[Clock, "Transport | None", Options], Provider]
_FACTORIES: dict[str, _ClientFactory] = {
    "messagemedia": _open_messagemedia,
    "messente": _open_messente,
    "serwersms": _open_serwersms,
    "smartswitch": _open_smartswitch,
    "messageport": _open_messageport,
}
PROVIDERS: tuple[str, ...] = tuple(_FACTORIES)
"""Name of every provider in the settings."""


def open_provider(
    provider: str, options: Options, clock: Clock, transport: "Transport | None" = None
) -> Provider:
    """Return the client of one account; it sends nothing until one of its methods is called.

    Raises `KeyError` for an unknown provider, `CredentialsRefused` or `ValueError` for
    options that cannot be used, `TypeError` for an option that the provider does not have.

    Args:
        provider: Name of the provider in the settings.
        options: Settings of the account, passed to the client as keyword arguments.
        clock: Source of the current time.
        transport: Replaces the network in tests.
    """
    return _FACTORIES[provider](clock, transport, options)
