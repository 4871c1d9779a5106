"""Restore a backup and kill this process before a step; its arguments are what it needs.

They are the backup, the inbox, and the number of the step, counted from 1.
"""

import os
import signal
import sys
from pathlib import Path

from tui.store.sqlite.restoring import restore_inbox

if __name__ == "__main__":
    steps: list[str] = []

    def die_at_step(step: str) -> None:
        """Die as if the power had failed, if it is the step."""
        steps.append(step)
        if len(steps) == int(sys.argv[3]):
            os.kill(os.getpid(), signal.SIGKILL)

    restore_inbox(Path(sys.argv[1]), Path(sys.argv[2]), now=0, shared=False, report=die_at_step)
