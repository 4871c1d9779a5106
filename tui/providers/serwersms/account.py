"""What reading an answer needs to know of the account it came for."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from tui.providers.masking import Mask


@dataclass(frozen=True, slots=True)
class Account:
    """The zone of its dates and the secrets that must not be kept."""

    zone: ZoneInfo
    mask: Mask

    def raw(self, payload: Any) -> str:
        """The payload as JSON text for keeping."""
        return self.mask.raw(payload)
