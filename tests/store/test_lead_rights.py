"""Once a lead is named, only leads change what belongs to the whole desk."""

import functools
import random
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tui.clock import SystemClock
from tui.desk.account_form import AccountSetupError, NewAccount
from tui.desk.permissions import explain_missing_level
from tui.domain.agent_level import Level
from tui.domain.conversation import View
from tui.domain.phone import parse_address
from tui.domain.templates import CannedReply, CustomField
from tui.providers.catalog import MESSAGEMEDIA
from tui.startup.account_setup import create_account_setup
from tui.store.errors import OnlyLeads
from tui.store.store import Store

SHARED, OWN = CannedReply("thanks", "Thank you"), CannedReply("bye", "Bye", owner="bo")
CHANGES: dict[str, Callable[[Store, str], Awaitable[object]]] = {
    "rule": lambda store, agent: store.rules.switch_rule("help", agent, on=True),
    "shared reply": lambda store, agent: store.templates.save_template(SHARED, agent),
    "shared reply of an import": lambda store, agent: store.templates.import_templates(
        [OWN, SHARED], {}, agent
    ),
    "deleted reply": lambda store, agent: store.templates.delete_template("thanks", agent),
    "own reply that is shared": lambda store, agent: store.templates.save_template(
        CannedReply("bye", "Bye"), agent, replaces="bye", replaces_owner="bo"
    ),
    "field": lambda store, agent: store.templates.save_field(CustomField("shop", "Kiosk"), agent),
    "deleted field": lambda store, agent: store.templates.delete_field("shop", agent),
    "retention": lambda store, agent: store.retention.prune(10, agent),
    "erasure": lambda store, agent: store.forgetting.forget(parse_address("+61491570156"), agent),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_only_leads_change_it(
    store: Store, change: Callable[[Store, str], Awaitable[object]]
) -> None:
    await store.team.set_level("mia", Level.LEAD)
    with pytest.raises(OnlyLeads, match="nothing was changed · ask mia"):
        await change(store, "bo")
    await change(store, "mia")


async def test_everyone_changes_everything_until_a_lead_is_named(store: Store) -> None:
    for change in CHANGES.values():
        await change(store, "bo")


async def test_an_agent_keeps_own_replies(store: Store) -> None:
    await store.team.set_level("mia", Level.LEAD)
    await store.templates.save_template(OWN, "bo")
    assert await store.templates.delete_template("bye", "bo", "bo")


async def test_an_agent_moves_own_things_only_where_no_shared_one_changes_its_place(
    store: Store,
) -> None:
    await store.team.set_level("mia", Level.LEAD)
    await store.templates.save_template(SHARED, "mia")
    await store.views.save_view("all", View(), "mia")
    for name in ("bye", "later"):
        await store.templates.save_template(CannedReply(name, "Bye", owner="bo"), "bo")
        await store.views.save_view(name, View(), "bo", private=True)
    last, views = "later", await store.views.list_views("bo")
    reply = {one.name: one for one in await store.templates.list_in_order("bo")}[last]
    assert await store.views.move_view(views[-1], "bo", -1)
    await store.templates.move_template(reply, "bo", -1)
    before = [one.place for one in await store.views.list_views("bo")]
    with pytest.raises(OnlyLeads):
        await store.views.move_view((await store.views.list_views("bo"))[1], "bo", -1)
    with pytest.raises(OnlyLeads):
        reply = {one.name: one for one in await store.templates.list_in_order("bo")}[last]
        await store.templates.move_template(reply, "bo", -9)
    assert [one.place for one in await store.views.list_views("bo")] == before
    assert next(one.name for one in await store.templates.list_in_order("bo")) == "thanks"


async def test_only_leads_save_accounts_and_anyone_in_a_new_inbox(
    store: Store, tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"

    async def save_account(agent: str, name: str) -> str:
        explain = functools.partial(explain_missing_level, store, agent, "accounts")
        setup = create_account_setup({}, config, SystemClock(), random.Random(1), explain)
        await setup.save(NewAccount(MESSAGEMEDIA, name, "key", "secret", MESSAGEMEDIA.base_url))
        return config.read_text(encoding="utf-8")

    first = await save_account("bo", "first")
    assert "[accounts.first]" in first
    await store.team.set_level("mia", Level.LEAD)
    with pytest.raises(AccountSetupError, match="nothing was changed · ask mia"):
        await save_account("bo", "second")
    assert config.read_text(encoding="utf-8") == first
    assert len(list((tmp_path / "secrets").iterdir())) == 1
    assert "[accounts.second]" in await save_account("mia", "second")
