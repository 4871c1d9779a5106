"""What MessagePort's receipts advise: a failure comes without any reason."""

from typing import Final

from tui.domain.message import Advice

RECEIPT_ADVICE: Final = {"DELIVERED": Advice.WAIT, "FAILED": Advice.RETRY}
"""Advice by `description` of a receipt; a failure comes without any reason."""
