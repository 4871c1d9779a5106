"""Talk to SerwerSMS.pl (HTTPS API v2) by polling and, if configured, by push."""

from tui.providers.serwersms.client import SerwerSms
from tui.providers.serwersms.push import PushNames

__all__ = ["PushNames", "SerwerSms"]
