"""SerwerSMS.pl, HTTPS API v2: replies and reports by polling, and by push where wanted."""

from tui.providers.serwersms.client import SerwerSms
from tui.providers.serwersms.push import PushNames

__all__ = ["PushNames", "SerwerSms"]
