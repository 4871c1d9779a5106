"""Forget a customer in the database and in what smsdesk keeps beside it on this machine.

That are its log, and lists that a desk has kept for its first picture of an inbox on a server.
"""

import asyncio
import contextlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from tui.domain.national_numbers import list_national_keys
from tui.domain.phone import parse_address
from tui.store.customer_quotes import CustomerPattern
from tui.store.forget_plan import ForgetPlan
from tui.store.postgres.kept_window import discard_all_lists
from tui.store.store import Store


async def forget_customer(
    store: Store,
    plan: ForgetPlan,
    agent: str,
    log_file: Path | None,
    environ: Mapping[str, str] | None = None,
) -> ForgetPlan:
    """Erase a customer for ever, and return what was erased.

    Args:
        store: Store shared by all agents.
        plan: What was confirmed.
        agent: Name of the agent.
        log_file: Log of this machine; None for none.
        environ: Environment with the place of kept lists; None where an open desk keeps its own.

    Raises:
        CannotForget: A text is being sent, or is planned at a provider.
    """
    done = await store.forgetting.forget(plan.address, agent)
    if environ is not None:
        discard_all_lists(environ)
    if log_file is not None:
        await asyncio.to_thread(_erase_from_log, log_file, done)
    return done


def _erase_from_log(log_file: Path, plan: ForgetPlan) -> None:
    """Overwrite numbers and names in the log, also masked ones; what cannot be written stays.

    The length stays the same, as other processes append to the file meanwhile.
    """
    from tui.log import MAX_OLD_FILES, mask_number

    addresses = {*plan.parties, *plan.numbers}
    masks = [re.escape(mask_number(form).encode()) for form in _list_forms(addresses)]
    patterns = [*CustomerPattern(addresses, plan.names).list_patterns()]
    if masks:
        patterns.append(re.compile(b"|".join(masks)))
    old = (log_file.with_name(f"{log_file.name}.{n}") for n in range(1, MAX_OLD_FILES + 1))
    for path in (log_file, *old):
        with contextlib.suppress(OSError), path.open("r+b") as file:
            data = file.read()
            for found in (match for pattern in patterns for match in pattern.finditer(data)):
                file.seek(found.start())
                file.write(b"x" * len(found[0]))


def _list_forms(addresses: set[str]) -> Iterator[str]:
    """Yield the numbers in the forms that a log can have masked, the longest first."""
    for text in sorted(addresses):
        address = parse_address(text)
        if address.e164:
            yield from (address.e164, address.e164[1:], *list_national_keys(address.e164))
