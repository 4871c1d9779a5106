"""Connect to StreamCo SmartSwitch, a telecom switch that each operator runs on its own server."""

from tui.providers.smartswitch.client import SmartSwitch, open_smartswitch
from tui.providers.smartswitch.push import ReceiptFieldNames, ReplyFieldNames

__all__ = ["ReceiptFieldNames", "ReplyFieldNames", "SmartSwitch", "open_smartswitch"]
