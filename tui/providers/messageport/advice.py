"""What MessagePort's receipts advise: a failure comes without any reason."""

from typing import Final

from tui.domain.advice import Advice

ADVICE: Final = {"DELIVERED": Advice.WAIT, "FAILED": Advice.RETRY}
