"""Validate provider accounts: one model per provider, selected by `provider`."""

from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from tui.domain.account import DEFAULT_LOW_BALANCE
from tui.settings.fields import PathSecret, Region, TextList, Url

NO_SECRET = SecretStr("")
MESSENTE_URL = "https://api.messente.com"
MESSENTE_CLASSIC_URL = "https://api2.messente.com"
MESSENTE_BACKUP_URL = "https://api3.messente.com"
KEYRING_PREFIX = "keyring:"
"""A secret with this prefix is stored in the system's keyring, under the name that follows."""


def _validate_zone(name: str) -> str:
    """Return a time zone known to this system."""
    try:
        return ZoneInfo(name).key
    except (
        LookupError,
        OSError,
        ValueError,
    ):  # unknown, a directory, or a path outside the zone files
        raise ValueError('must be a time zone like "Europe/Warsaw"') from None


Zone = Annotated[str, AfterValidator(_validate_zone)]
_STRICT_CONFIG = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class AccountBase(BaseModel):
    """Settings that every account has."""

    model_config = _STRICT_CONFIG

    title: str = ""
    """Name of the account that agents see; if empty, its name in the file.

    Example: "Sydney shop"
    """
    senders: TextList = ()
    """Own numbers and names (sender IDs) to choose from. If empty, the provider chooses.

    Example: ["+61491570156", "MyShop"]
    """
    default_sender: str = ""
    """Sender ID that is used unless the agent chooses another. If empty, it is the first of
    `senders`, or the provider's default.

    Example: "+61491570156"
    """
    region: Region = ""
    """Country (two letters, ISO 3166) of numbers without a country code. If empty,
    `default_region` applies.

    Example: "AU"
    """
    low_balance: float = Field(DEFAULT_LOW_BALANCE, ge=0, le=1e9)
    """Balance below which the account raises a warning, in the provider's own unit (credits,
    messages, or units of currency); 0 for never.

    Example: 50
    """
    hook_secret: PathSecret | None = None
    """Secret part of this account's address at the listener, `/hooks/NAME/SECRET`: 8 to 128
    letters, digits, - or _. If not set, pushes for the account are refused.

    Example: "q7Rk2mXw9ZtB4nLs"
    """
    api_key: str = Field(min_length=1)
    """Public half of the credentials.

    Example: "Kx2fQ9"
    """
    api_secret: SecretStr = NO_SECRET
    """Secret half of the credentials; `keyring:NAME` reads it from the system's keyring. Set only
    one of `api_secret`, `api_secret_file` and `api_secret_keyring`.

    Example: "keyring:smsdesk-au"
    """
    api_secret_file: str = ""
    """File that holds the secret half of the credentials.

    Example: "~/.config/smsdesk/au.secret"
    """
    api_secret_keyring: bool = False
    """Read the secret half from the system's keyring, under the account's name."""

    @model_validator(mode="after")
    def _check_secret_location(self) -> "AccountBase":
        """Require exactly one location of the secret half."""
        count = sum((bool(self.clear_secret), bool(self.api_secret_file), self.api_secret_keyring))
        if count > 1:
            raise ValueError(
                "has its secret in several places; keep one of api_secret, api_secret_file, "
                "api_secret_keyring"
            )
        if count == 0 and self.is_secret_required:
            raise ValueError(
                "has no secret; add api_secret, api_secret_file or api_secret_keyring = true"
            )
        return self

    @property
    def is_secret_required(self) -> bool:
        """Return whether the account cannot be used without the secret half."""
        return True

    @property
    def clear_secret(self) -> str:
        """Return the secret half in clear, only for the provider's client."""
        return self.api_secret.get_secret_value()

    @property
    def all_senders(self) -> tuple[str, ...]:
        """Return the sender IDs to choose from, the default first."""
        others = tuple(sender for sender in self.senders if sender != self.default_sender)
        return (self.default_sender, *others) if self.default_sender else others


class MessageMediaAccount(AccountBase):
    """An account at MessageMedia (MessageMedia API, base URLs and authentication)."""

    provider: Literal["messagemedia"]
    base_url: Url = "https://api.messagemedia.com"
    """Address of the API."""
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


class MessenteAccount(AccountBase):
    """An account at Messente (Messente API, account, hosts, limits)."""

    provider: Literal["messente"]
    api: Literal["omnichannel", "classic"] = "omnichannel"
    """Which of the two APIs sends; both use the same key."""
    base_url: Url = MESSENTE_URL
    """Address of the Omnichannel API."""
    classic_url: Url = ""
    """Address of the classic API, the only one with the balance. If empty, it is
    `https://api2.messente.com`, or `base_url` if that is changed.

    Example: "https://api2.messente.com"
    """
    backup_url: Url = ""
    """Second address of the classic API, used only if nothing was sent at the first. If empty, it
    is `https://api3.messente.com`, or none if the first is changed.

    Example: "https://api3.messente.com"
    """
    inbound_secret: SecretStr | None = None
    """Shared secret of the inbound number, which signs its replies. If not set, `api_secret`
    signs them.

    Example: "keyring:messente-inbound"
    """

    @property
    def classic_host(self) -> str:
        """Return the host of the classic API; a changed `base_url` alone applies to it, too."""
        moved = self.base_url if self.base_url != MESSENTE_URL else MESSENTE_CLASSIC_URL
        return self.classic_url or moved

    @property
    def backup_host(self) -> str:
        """Return the second host of the classic API, empty if `classic_host` has none."""
        return self.backup_url or (
            MESSENTE_BACKUP_URL if self.classic_host == MESSENTE_CLASSIC_URL else ""
        )


class SerwerSmsAccount(AccountBase):
    """An account at SerwerSMS (SerwerSMS HTTPS API v2, credentials)."""

    provider: Literal["serwersms"]
    base_url: Url = "https://api2.serwersms.pl"
    """Address of the API."""
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


class ReceiptFields(BaseModel):
    """Field names of a receipt, as written in the operator's template."""

    model_config = _STRICT_CONFIG

    message_id: str = Field("message_id", min_length=1)
    """Field with the id of the message."""
    message_state: str = Field("message_state", min_length=1)
    """Field with the state of the message."""


class ReplyFields(BaseModel):
    """Field names of a reply, as written in the operator's template."""

    model_config = _STRICT_CONFIG

    source_number: str = Field("source_number", min_length=1)
    """Field with the customer's number."""
    destination_number: str = Field("destination_number", min_length=1)
    """Field with the number that the customer wrote to."""
    body: str = Field("body", min_length=1)
    """Field with the text."""
    message_id: str = Field("message_id", min_length=1)
    """Field with the id of the reply."""


class SmartSwitchAccount(AccountBase):
    """An account at an operator's SmartSwitch (SmartSwitch HTTP API)."""

    provider: Literal["smartswitch"]
    base_url: Annotated[Url, Field(min_length=1)]
    """Address of the operator's own server: there is no common one.

    Example: "https://sms.example.com/api"
    """
    receipt_fields: ReceiptFields = ReceiptFields()
    """Field names of a receipt, as written in the operator's template."""
    reply_fields: ReplyFields = ReplyFields()
    """Field names of a reply, as written in the operator's template."""


class MessagePortAccount(AccountBase):
    """An account at MessagePort (MessagePort REST API v1)."""

    provider: Literal["messageport"]
    base_url: Url = "https://messageport.com.au/rest/v1"
    """Address of the API."""
    time_zone: Zone = "Australia/Sydney"
    """Time zone of pushed times whose own zone cannot be parsed."""


AnyAccount = Annotated[
    MessageMediaAccount
    | MessenteAccount
    | SerwerSmsAccount
    | SmartSwitchAccount
    | MessagePortAccount,
    Field(discriminator="provider"),
]
"""An account in the settings, its model selected by `provider`."""

ACCOUNT_MODELS: dict[str, type[AccountBase]] = {
    "messagemedia": MessageMediaAccount,
    "messente": MessenteAccount,
    "serwersms": SerwerSmsAccount,
    "smartswitch": SmartSwitchAccount,
    "messageport": MessagePortAccount,
}
"""Model of each provider by its name in the settings."""


def is_secret_field(field: str) -> bool:
    """Return whether a field of an account holds a secret, judged by its name."""
    return field.endswith(("_secret", "_token"))
