"""What to do about a message in trouble, as providers' codes are understood."""

from enum import StrEnum


class Advice(StrEnum):
    """Best next step after a failure; stored with the message."""

    NONE = ""
    """Nothing is known beyond the status itself."""
    WAIT = "wait"
    """Nothing to do: the message is still on its way."""
    RETRY = "retry"
    """The same message may succeed now."""
    LATER = "later"
    """The phone or the network has to be reachable first."""
    OTHER_ACCOUNT = "other account"
    """This account cannot reach the number; another one may."""
    FIX_NUMBER = "fix number"
    FIX_TEXT = "fix text"
    FIX_SENDER = "fix sender"
    TOP_UP = "top up"
    SETTINGS = "settings"
    """The account's key, address or base URL is wrong."""
    ASK_PROVIDER = "ask provider"
    """Only the provider can allow it or explain the failure."""
    STOP = "stop"
    """Do not send again: the customer must not be texted."""
    RESOLVE = "settle"
    """The message may have been sent: an agent decides."""
