"""Validate provider accounts: one model per provider, selected by `provider`.

What the catalogue knows of a provider is read from there. A provider whose accounts have no
settings of their own needs no model here.
"""

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from pydantic import Field, SecretStr, create_model, model_validator

from tui.domain.account import ProviderInfo
from tui.providers import catalog
from tui.settings.account_base import AccountBase
from tui.settings.fields import (
    Duration,
    TextTable,
    Url,
    Zone,
)
from tui.settings.template_names import PushNames, ReceiptFields, ReplyFields


class MessageMediaAccount(AccountBase):
    """An account at MessageMedia (MessageMedia API, base URLs and authentication)."""

    provider: Literal["messagemedia"]
    base_url: Url = catalog.MESSAGEMEDIA.base_url
    auth: Literal["basic", "hmac-sha256", "hmac-sha1"] = "basic"
    """How requests are authenticated; the HMAC methods sign each request."""
    sub_account: str = ""
    """Sub-account to act for, with a parent account's key.

    Example: "support"
    """
    signature_key: str = ""
    """Public key (base64) of signed webhooks. If empty, signatures are not checked.

    Example: "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAL"
    """
    validity: Duration = 0
    """How long delivery of a message is tried, such as `30m`, `2h` or `1d`; 0 for the default.

    Example: "2h"
    """
    metadata: TextTable = Field(default_factory=dict)
    """Own names and values, at most 9, that come back with the receipts and replies.

    Example: {"shop" = "Sydney"}
    """


class MessenteAccount(AccountBase):
    """An account at Messente (Messente API, account, hosts, limits)."""

    provider: Literal["messente"]
    api: Literal["omnichannel", "classic"] = "omnichannel"
    """Which of the two APIs sends; both use the same key."""
    base_url: Url = catalog.MESSENTE.base_url
    """Address of the Omnichannel API."""
    classic_url: Url = ""
    """Address of the classic API, the only one with the balance. If empty, it is Messente's own, or
    `base_url` if that is changed.

    Example: "https://api2.messente.com"
    """
    backup_url: Url = ""
    """Second address of the classic API, used only if nothing was sent at the first. If empty, it
    is Messente's own, or none if the first is changed.

    Example: "https://api3.messente.com"
    """
    inbound_secret: SecretStr | None = None
    """Shared secret of the inbound number (dashboard, Inbound numbers), which signs its
    replies. If not set, only replies that `api_secret` signs are accepted.

    Example: "keyring:messente-inbound"
    """
    validity: Duration = 0
    """How long delivery of a message is tried, such as `30m`, `2h` or `1d`; 0 for 6 hours.

    Example: "2h"
    """


class SerwerSmsAccount(AccountBase):
    """An account at SerwerSMS (SerwerSMS HTTPS API v2, credentials)."""

    provider: Literal["serwersms"]
    base_url: Url = catalog.SERWERSMS.base_url
    api_key: str = ""
    """User name of an API user, with the password as `api_secret`; leave out with `api_token`.

    Example: "webapi_shop"
    """
    api_token: SecretStr | None = None
    """API token, in place of user name and password.

    Example: "keyring:serwersms-token"
    """
    time_zone: Zone = "Europe/Warsaw"
    """Time zone of the provider's times, which have no offset."""
    reply_type: Literal["", "eco", "nd", "ndi", "pre", "mms"] = ""
    """The only type of incoming messages to fetch. If empty, all are fetched."""
    reply_number: str = ""
    """The only own number (NDI) whose messages to fetch. If empty, all are fetched.

    Example: "+48664078059"
    """
    push_names: PushNames = Field(default_factory=dict)
    """Parameter names in the panel's addresses that are not `text` wiadomosc, `sender` numer, `own`
    numerdo, `date` data, `id` id, `message` smsid, `state` stan, `reason` przyczyna.

    Example: {"text" = "msg", "sender" = "from"}
    """

    @property
    def is_secret_required(self) -> bool:
        """Return whether there is no token."""
        return self.api_token is None

    @model_validator(mode="after")
    def _check_credentials(self) -> "SerwerSmsAccount":
        """Require either a token or a user name."""
        if bool(self.api_key) == (self.api_token is not None):
            raise ValueError("needs either api_key with api_secret, or api_token alone")
        return self


class SmartSwitchAccount(AccountBase):
    """An account at an operator's SmartSwitch (SmartSwitch HTTP API)."""

    provider: Literal["smartswitch"]
    source_name: str = ""
    """Name that is sent beside the number of the sender, if the operator's network shows one.

    Example: "MyShop"
    """
    batch: int = Field(catalog.SMARTSWITCH.capabilities.batch, ge=1, le=100)
    """Largest number of recipients of one request. Example: 1"""
    receipt_fields: ReceiptFields = ReceiptFields()
    """Field names of a receipt, as written in the operator's template."""
    reply_fields: ReplyFields = ReplyFields()
    """Field names of a reply, as written in the operator's template."""


class MessagePortAccount(AccountBase):
    """An account at MessagePort (MessagePort REST API v1)."""

    provider: Literal["messageport"]
    base_url: Url = catalog.MESSAGEPORT.base_url
    time_zone: Zone = "Australia/Sydney"
    """Time zone of pushed times whose own zone cannot be parsed."""


_OWN_MODELS: tuple[type[AccountBase], ...] = (
    MessageMediaAccount,
    MessenteAccount,
    SerwerSmsAccount,
    SmartSwitchAccount,
    MessagePortAccount,
)
"""Models of providers whose accounts have settings of their own."""


def build_account_models(providers: Mapping[str, ProviderInfo]) -> dict[str, type[AccountBase]]:
    """Return the model of each provider by its name, in the order of the catalogue.

    Args:
        providers: Entries of the catalogue by name.
    """
    own_models = {
        name: model
        for model in _OWN_MODELS
        for name in get_args(model.model_fields["provider"].annotation)
    }
    return {name: own_models.get(name) or _derive_model(info) for name, info in providers.items()}


def _derive_model(info: ProviderInfo) -> type[AccountBase]:
    """Return the model of a provider whose accounts have no settings of their own."""
    fields: dict[str, Any] = {"provider": (Literal[info.name], ...)}
    if info.base_url:
        fields["base_url"] = (Url, info.base_url)
    return create_model(f"{info.title}Account", __base__=AccountBase, **fields)


ACCOUNT_MODELS = build_account_models(catalog.CATALOG)
"""Model of each provider by its name in the settings."""
if TYPE_CHECKING:
    AnyAccount = AccountBase
else:
    _UNION = reduce(or_, ACCOUNT_MODELS.values())
    AnyAccount = Annotated[_UNION, Field(discriminator="provider")]
"""An account in the settings, its model selected by `provider`."""
