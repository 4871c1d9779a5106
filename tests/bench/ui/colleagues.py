"""Measure when changes of another process are on the screen."""

import asyncio
import threading
from contextlib import ExitStack
from pathlib import Path

from tests.bench.ui import stores
from tests.bench.ui.measures import ResponseTimes, summarize_bursts
from tests.bench.ui.programs import inbox_program
from tests.bench.ui.terminal import Burst, Program


def measure_changes_by_colleague(path: Path, inboxes: int, times: int = 40) -> ResponseTimes:
    """Measure from the commit of a colleague's rename to the new name on screen.

    Args:
        path: File of the inbox.
        inboxes: How many processes show it.
        times: How often the colleague renames.
    """
    kind = inbox_program(path)
    with ExitStack() as stack:
        program = stack.enter_context(kind.run_settled())
        others = [stack.enter_context(kind.create_program()) for _ in range(inboxes - 1)]
        for other in others:
            threading.Thread(target=other.drain, daemon=True).start()
        if others:
            program.watch(3.0)  # the others start
        return summarize_bursts(asyncio.run(_rename_repeatedly(program, path, times)))


async def _rename_repeatedly(program: Program, path: Path, times: int) -> list[Burst]:
    """Rename the first conversation repeatedly."""
    first = stores.read_first_ids(path, 1)[0]
    found = []
    async with stores.open_store(path) as store:
        for n in range(times):
            name = chr(ord("A") + n % 26) * 12  # every cell changes: only changed cells are sent
            begun = await stores.rename_customer(store, first, name)
            found.append(program.read_until(begun, name.encode()))
            program.wait_until_quiet(0.1)
    return found


def measure_badge_change(path: Path, times: int = 20) -> ResponseTimes:
    """Measure one status change of a message in the open conversation.

    Args:
        path: File of the inbox.
        times: How often the status changes.
    """
    with inbox_program(path).run_settled() as program:
        return summarize_bursts(asyncio.run(_change_badge_repeatedly(program, path, times)))


async def _change_badge_repeatedly(program: Program, path: Path, times: int) -> list[Burst]:
    """Change the badge of the newest reply on the screen repeatedly."""
    first = stores.read_first_ids(path, 1)[0]
    messages = stores.read_newest_sent(path, first, 1)
    found = []
    async with stores.open_store(path) as store:
        for _ in range(times):
            begun = await stores.change_badges(store, first, messages)
            found.append(program.read_response(begun, quiet=0.1))
    return found
