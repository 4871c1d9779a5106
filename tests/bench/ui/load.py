"""Change many badges per second from another process: `python -m tests.bench.ui.load`."""

import asyncio
import sys
import time
from pathlib import Path

from tests.bench.ui.stores import change_badges, open_store, read_first_ids, read_newest_sent

_BATCHES = 25
"""Transactions per second."""


async def main(path: Path, a_second: int, conversations: int) -> None:
    """Change badges in the first conversations until the process is killed."""
    sent = {i: read_newest_sent(path, i, 60) for i in read_first_ids(path, conversations)}
    chosen = [(i, messages) for i, messages in sent.items() if messages]
    due = time.perf_counter()
    async with open_store(path) as store:
        while True:
            for conversation, messages in chosen:
                share = a_second // _BATCHES // len(chosen)
                await change_badges(store, conversation, (messages * share)[:share])
            due += 1 / _BATCHES
            await asyncio.sleep(max(0.0, due - time.perf_counter()))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
