"""Provider accounts in the settings: one model for each provider, told apart by `provider`."""

from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from tui.domain.account import LOW_BALANCE
from tui.settings.fields import PathSecret, Region, Url, Words

NO_SECRET = SecretStr("")
MESSENTE = "https://api.messente.com"
MESSENTE_CLASSIC = "https://api2.messente.com"
MESSENTE_BACKUP = "https://api3.messente.com"
KEYRING = "keyring:"
"""A secret written so is kept in the system's keyring, under the name that follows."""


def _zone(name: str) -> str:
    """A time zone that this system knows."""
    try:
        return ZoneInfo(name).key
    except (LookupError, OSError, ValueError):  # unknown, a directory, or leading elsewhere
        raise ValueError('must be a time zone like "Europe/Warsaw"') from None


Zone = Annotated[str, AfterValidator(_zone)]
_STRICT = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class AccountBase(BaseModel):
    """What every account has, whoever its provider is."""

    model_config = _STRICT

    title: str = ""
    """How agents see the account; empty: its name."""
    senders: Words = ()
    """Own numbers and names to choose from."""
    default_sender: str = ""
    """Used unless the agent chooses; empty: the first of `senders`, or what the provider does."""
    region: Region = ""
    """Two-letter country of numbers typed without a country code; empty: the desk's."""
    low_balance: float = Field(LOW_BALANCE, ge=0, le=1e9)
    """Warn below this many credits, messages or units of currency; 0: never."""
    hook_secret: PathSecret | None = None
    """The secret part of this account's address at the listener; without it nothing is taken in."""
    api_key: str = Field(min_length=1)
    """The name half of the credentials."""
    api_secret: SecretStr = NO_SECRET
    """The secret half; `keyring:NAME` fetches it from the system's keyring."""
    api_secret_file: str = ""
    """A file that holds the secret half."""
    api_secret_keyring: bool = False
    """Whether the secret half is in the system's keyring under the account's name."""

    @model_validator(mode="after")
    def _one_way_to_the_secret(self) -> "AccountBase":
        """Exactly one way to the secret half."""
        count = sum((bool(self.secret), bool(self.api_secret_file), self.api_secret_keyring))
        if count > 1:
            raise ValueError(
                "has its secret in several places; keep one of api_secret, api_secret_file, "
                "api_secret_keyring"
            )
        if count == 0 and self.needs_secret:
            raise ValueError(
                "has no secret; add api_secret, api_secret_file or api_secret_keyring = true"
            )
        return self

    @property
    def needs_secret(self) -> bool:
        """Whether the account is of no use without the secret half."""
        return True

    @property
    def secret(self) -> str:
        """The secret half in clear, for the provider's client alone."""
        return self.api_secret.get_secret_value()

    @property
    def all_senders(self) -> tuple[str, ...]:
        """The senders to choose from, the default one first."""
        others = tuple(sender for sender in self.senders if sender != self.default_sender)
        return (self.default_sender, *others) if self.default_sender else others


class MessageMediaAccount(AccountBase):
    """An account at MessageMedia (MessageMedia API, base URLs and authentication)."""

    provider: Literal["messagemedia"]
    base_url: Url = "https://api.messagemedia.com"
    auth: Literal["basic", "hmac-sha256", "hmac-sha1"] = "basic"
    """How requests prove who asks."""
    sub_account: str = ""
    """Sub-account to act for, of a parent account's key."""
    signature_key: str = ""
    """Public key (base64) of signed webhooks; empty: signatures are not checked."""


class MessenteAccount(AccountBase):
    """An account at Messente (Messente API, account, hosts, limits)."""

    provider: Literal["messente"]
    api: Literal["omnichannel", "classic"] = "omnichannel"
    """Which of the two APIs sends; they share the key."""
    base_url: Url = MESSENTE
    """Host of the Omnichannel API."""
    classic_url: Url = ""
    """Host of the classic API, which alone tells the balance; empty: see `classic`."""
    backup_url: Url = ""
    """Second host of the classic API, asked only when nothing was sent; empty: see `backup`."""
    inbound_secret: SecretStr | None = None
    """Shared secret of the inbound number, which signs its replies."""

    @property
    def classic(self) -> str:
        """The classic API's host; whoever changed `base_url` alone has moved this one as well."""
        moved = self.base_url if self.base_url != MESSENTE else MESSENTE_CLASSIC
        return self.classic_url or moved

    @property
    def backup(self) -> str:
        """The classic API's second host, empty when there is none beside `classic`."""
        return self.backup_url or (MESSENTE_BACKUP if self.classic == MESSENTE_CLASSIC else "")


class SerwerSmsAccount(AccountBase):
    """An account at SerwerSMS (SerwerSMS HTTPS API v2, credentials)."""

    provider: Literal["serwersms"]
    base_url: Url = "https://api2.serwersms.pl"
    api_key: str = ""
    """User name of an API user."""
    api_token: SecretStr | None = None
    """API token, in place of user name and password."""
    time_zone: Zone = "Europe/Warsaw"
    """Zone of the provider's times, which come without one."""

    @property
    def needs_secret(self) -> bool:
        """Only without a token."""
        return self.api_token is None

    @model_validator(mode="after")
    def _token_or_user(self) -> "SerwerSmsAccount":
        """Either a token or a user name."""
        if bool(self.api_key) == (self.api_token is not None):
            raise ValueError("needs either api_key with api_secret, or api_token alone")
        return self


class ReceiptFields(BaseModel):
    """Names of a receipt's fields, as the operator's template writes them."""

    model_config = _STRICT

    message_id: str = Field("message_id", min_length=1)
    message_state: str = Field("message_state", min_length=1)


class ReplyFields(BaseModel):
    """Names of a reply's fields, as the operator's template writes them."""

    model_config = _STRICT

    source_number: str = Field("source_number", min_length=1)
    destination_number: str = Field("destination_number", min_length=1)
    body: str = Field("body", min_length=1)
    message_id: str = Field("message_id", min_length=1)


class SmartSwitchAccount(AccountBase):
    """An account on an operator's SmartSwitch (SmartSwitch HTTP API)."""

    provider: Literal["smartswitch"]
    base_url: Annotated[Url, Field(min_length=1)]
    """The operator's own server: there is no common one."""
    receipt_fields: ReceiptFields = ReceiptFields()
    reply_fields: ReplyFields = ReplyFields()


class MessagePortAccount(AccountBase):
    """An account at MessagePort (MessagePort REST API v1)."""

    provider: Literal["messageport"]
    base_url: Url = "https://messageport.com.au/rest/v1"
    time_zone: Zone = "Australia/Sydney"
    """Zone of pushed times whose own zone cannot be read."""


Account = Annotated[
    MessageMediaAccount
    | MessenteAccount
    | SerwerSmsAccount
    | SmartSwitchAccount
    | MessagePortAccount,
    Field(discriminator="provider"),
]
"""An account in the settings, its kind chosen by `provider`."""

MODELS: dict[str, type[AccountBase]] = {
    "messagemedia": MessageMediaAccount,
    "messente": MessenteAccount,
    "serwersms": SerwerSmsAccount,
    "smartswitch": SmartSwitchAccount,
    "messageport": MessagePortAccount,
}
"""Each provider's model, by the word in the settings."""


def is_secret(field: str) -> bool:
    """Whether a field of an account holds a secret, by its name."""
    return field.endswith(("_secret", "_token"))
