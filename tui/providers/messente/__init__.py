"""Messente: Omnichannel by default, the classic SMS API for accounts that still use it."""

from tui.providers.messente.client import Messente

__all__ = ["Messente"]
