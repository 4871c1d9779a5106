"""Talk to Messente through its Omnichannel API (default) or its classic SMS API."""

from tui.providers.messente.client import Messente

__all__ = ["Messente"]
