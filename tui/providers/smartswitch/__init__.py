"""StreamCo SmartSwitch: a telecom switch that each operator runs on a server of its own."""

from tui.providers.smartswitch.client import SmartSwitch
from tui.providers.smartswitch.push import ReceiptFields, ReplyFields

__all__ = ["ReceiptFields", "ReplyFields", "SmartSwitch"]
