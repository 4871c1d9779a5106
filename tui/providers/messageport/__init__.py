"""MessagePort (Edgility), REST API v1: sends and credits by call, all else by push."""

from tui.providers.messageport.client import MessagePort

__all__ = ["MessagePort"]
