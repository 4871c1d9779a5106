"""The balance is a courtesy: asked by the hour, and nothing fails for want of it."""

import random

import pytest

from tests.sync.doubles import ScriptedProvider
from tui.clock import ManualClock
from tui.domain.events import Balance
from tui.providers.errors import NotPossible, ProviderError, Unavailable
from tui.store.store import Store
from tui.sync.context import ServedAccount, SyncContext
from tui.sync.worker import BalanceReader


async def balance(store: Store) -> str:
    """What the screen shows."""
    states = await store.accounts.get_states()
    return states["s"].balance if "s" in states else ""


async def test_it_is_asked_for_by_the_hour_from_the_last_question_of_any_process(
    context: SyncContext, clock: ManualClock
) -> None:
    provider = ScriptedProvider()
    account = ServedAccount("s", provider)
    assert (await BalanceReader(account, context).run_round()).pause == 3600.0
    assert await balance(context.store) == "5 credits"
    clock.advance(600)
    other = SyncContext(context.store, clock, random.Random(2))
    assert (await BalanceReader(account, other).run_round()).pause == 3000.0
    clock.advance(3000)
    await BalanceReader(account, other).run_round()
    assert len(provider.list_calls("balance")) == 2


async def test_a_hurried_reader_asks_at_once(context: SyncContext) -> None:
    provider = ScriptedProvider()
    reader = BalanceReader(ServedAccount("s", provider), context)
    await reader.run_round()
    reader.force_next_round()
    await reader.run_round()
    assert len(provider.list_calls("balance")) == 2


@pytest.mark.parametrize(
    ("error", "pause"), [(NotPossible("no such call"), None), (Unavailable("down"), 3600.0)]
)
async def test_no_answer_is_no_trouble(
    context: SyncContext, error: ProviderError, pause: float | None
) -> None:
    async def refuse() -> Balance:
        raise error

    reader = BalanceReader(ServedAccount("s", ScriptedProvider(balance=refuse)), context)
    assert (await reader.run_round()).pause == pause
    assert await balance(context.store) == ""


async def test_what_the_provider_writes_is_made_fit_for_a_screen(context: SyncContext) -> None:
    async def hostile() -> Balance:
        return Balance("\x1b]0;owned\x07 12\n34")

    await BalanceReader(ServedAccount("s", ScriptedProvider(balance=hostile)), context).run_round()
    assert "\x1b" not in await balance(context.store)
