"""Define the errors of a provider as types that say what to do next.

    ProviderError
    ├── CredentialsRefused    stop the account, notify the agent; nothing was sent
    ├── OutOfCredit           stop sending, notify the agent; nothing was sent
    ├── AccountBlocked        feature, address or permission missing; nothing was sent
    ├── MessageInvalid        this message can never be sent: which field, and why
    ├── RecipientOptedOut     the customer must not be texted; lock the contact
    ├── NotFound              the provider does not (or no longer) have the id
    ├── NotPossible           too late to cancel, or not supported by this provider
    ├── RateLimited           try again after `retry_after` seconds; nothing was sent
    ├── Unavailable           nothing was sent; try again with pauses
    ├── UnreadableAnswer      the answer is not the documented one
    ├── PushTooLong           a pushed request is too long to be read
    └── Uncertain             the request left, no answer came: never repeat automatically

No message, `repr` or argument of these errors holds a secret or the query of a URL.
"""

from tui.domain.message import Advice

_FIELD_ADVICE = {
    "to": Advice.FIX_NUMBER,
    "sender": Advice.FIX_SENDER,
    "text": Advice.FIX_TEXT,
    "subject": Advice.FIX_TEXT,
    "media": Advice.FIX_TEXT,
    "scheduled_at": Advice.RETRY,
}
"""Advice for a message by the field that is wrong."""


class ProviderError(Exception):
    """Base class of all errors of a provider."""

    default_advice = Advice.OTHER_ACCOUNT
    """Advice for the message that this kind of error gives by default."""

    def __init__(self, message: str, *, code: str = "", detail: str = "") -> None:
        """Create the error.

        Args:
            message: One clear line for an agent.
            code: The provider's own error code.
            detail: The provider's own explanation.
        """
        super().__init__(message)
        self.message = message
        self.code = code
        self.detail = detail

    @property
    def advice(self) -> Advice:
        """Return what the agent should do about the message."""
        return self.default_advice


class CredentialsRefused(ProviderError):
    """The provider rejects the account's key, secret or calling address."""

    default_advice = Advice.SETTINGS


class OutOfCredit(ProviderError):
    """The account cannot pay for the message."""

    default_advice = Advice.TOP_UP


class AccountBlocked(ProviderError):
    """The account lacks a feature or a permission."""

    default_advice = Advice.ASK_PROVIDER


class AddressWrong(AccountBlocked):
    """The account's base URL in the settings does not lead to the provider."""

    default_advice = Advice.SETTINGS


class MessageInvalid(ProviderError):
    """The provider refuses this message permanently."""

    def __init__(
        self, message: str, *, field: str = "", index: int = 0, code: str = "", detail: str = ""
    ) -> None:
        """Create the error.

        Args:
            message: One clear line for an agent.
            field: Field of the message that is wrong; empty if unknown.
            index: Position of the message within the batch.
            code: The provider's own error code.
            detail: The provider's own explanation.
        """
        super().__init__(message, code=code, detail=detail)
        self.field = field
        self.index = index

    @property
    def advice(self) -> Advice:
        """Return the advice for the wrong field, or the default if the field is unknown."""
        return _FIELD_ADVICE.get(self.field, self.default_advice)


class RecipientOptedOut(ProviderError):
    """The customer has opted out at the provider."""

    default_advice = Advice.STOP


class NotFound(ProviderError):
    """The provider does not have this id."""

    default_advice = Advice.RETRY


class NotPossible(ProviderError):
    """The provider cannot do this, or can no longer do it."""


class RateLimited(ProviderError):
    """The account sent too many requests."""

    default_advice = Advice.RETRY

    def __init__(self, message: str, *, retry_after: float | None = None, code: str = "") -> None:
        """Create the error.

        Args:
            message: One clear line for an agent.
            retry_after: Seconds to wait; None if the provider gave no time.
            code: The provider's own error code.
        """
        super().__init__(message, code=code)
        self.retry_after = retry_after


class Unavailable(ProviderError):
    """The provider could not be reached or has failed, and the request had no effect."""

    default_advice = Advice.RETRY

    def __init__(
        self, message: str, *, retry_after: float | None = None, code: str = "", detail: str = ""
    ) -> None:
        """Create the error.

        Args:
            message: One clear line for an agent.
            retry_after: Seconds to wait; None if the provider gave no time.
            code: The provider's own error code.
            detail: The provider's own explanation.
        """
        super().__init__(message, code=code, detail=detail)
        self.retry_after = retry_after


class UnreadableAnswer(ProviderError):
    """The provider's answer does not match its documentation."""

    default_advice = Advice.RESOLVE


class PushTooLong(ProviderError):
    """A pushed request is longer than what is read."""


class Uncertain(ProviderError):
    """The request may have been carried out: no answer came, or an unclear one."""

    default_advice = Advice.RESOLVE
