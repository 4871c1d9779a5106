"""Print the figures of an inbox on a server beside their goals.

Run `python -m tests.bench.server [--messages 1000000] [figure ...]`; without a name all of them.
`SMSDESK_TEST_POSTGRES` names another server than the one that is started for it.
"""

import argparse
import asyncio
from collections.abc import Awaitable, Callable

from tests.bench.server import figures
from tests.bench.server.inboxes import Inboxes, open_inboxes

FIGURES: dict[str, Callable[[Inboxes], Awaitable[None]]] = {
    "page": figures.measure_pages,
    "reads": figures.measure_reads,
    "news": figures.measure_news,
    "search": figures.measure_search,
    "claims": figures.measure_hosts,
}


async def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("figures", nargs="*", choices=[*FIGURES, []], metavar="|".join(FIGURES))
    parser.add_argument("--messages", type=int, default=1_000_000, help="size of the inbox")
    arguments = parser.parse_args()
    with open_inboxes(arguments.messages) as inboxes:
        for name in arguments.figures or FIGURES:
            print(f"\n{name}: {FIGURES[name].__doc__}")
            await FIGURES[name](inboxes)


asyncio.run(main())
