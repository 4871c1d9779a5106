"""Hold what parsing an answer needs to know about its account."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from tui.providers.masking import SecretMask


@dataclass(frozen=True, slots=True)
class AccountContext:
    """Time zone of the account's dates, and the secrets that must not be stored."""

    zone: ZoneInfo
    mask: SecretMask

    def format_raw(self, payload: Any) -> str:
        """Return the payload as JSON text to store, with secrets masked.

        Args:
            payload: Parsed JSON.
        """
        return self.mask.mask_payload(payload)
