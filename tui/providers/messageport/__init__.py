"""Connect to MessagePort (Edgility), REST API v1: sends and balance by call, the rest by push."""

from tui.providers.messageport.client import MessagePort

__all__ = ["MessagePort"]
