"""What to do about a message in trouble, as providers' codes are understood."""

from enum import StrEnum


class Advice(StrEnum):
    """The next best step after a failure; stored with the message."""

    NONE = ""
    """Nobody knows better than the status itself."""
    WAIT = "wait"
    """Nothing to do: it is still on its way."""
    RETRY = "retry"
    """The same message may go through now."""
    LATER = "later"
    """The phone or the network has to come back first."""
    OTHER_ACCOUNT = "other account"
    """This way does not lead there; another one may."""
    FIX_NUMBER = "fix number"
    FIX_TEXT = "fix text"
    FIX_SENDER = "fix sender"
    TOP_UP = "top up"
    SETTINGS = "settings"
    """The account's key, address or base URL is wrong."""
    ASK_PROVIDER = "ask provider"
    """The provider has to allow it, or knows why it failed."""
    STOP = "stop"
    """Do not send again: the customer must not be texted."""
    SETTLE = "settle"
    """It may have gone out: a person decides."""
