"""What refers to a team or a canned reply by its name follows when that gets another name."""

import pytest

from tests.store.builders import get_conversation
from tests.store.rule_worlds import RuleWorld
from tui.clock import Clock
from tui.domain.conversation import View
from tui.domain.templates import CannedReply
from tui.store.store import Store


@pytest.fixture
async def world(store: Store, clock: Clock) -> RuleWorld:
    """Return an inbox with teams and a canned reply."""
    await store.team.save_team("sales", ["bo", "mia"])
    await store.team.save_team("empty", [])
    await store.templates.save_template(CannedReply("welcome", "Welcome"), "ana")
    return RuleWorld(store, clock)


def format_rule(name: str, then: str) -> str:
    """Return the TOML of a rule."""
    return f'[[rule]]\nname = "{name}"\nwhen = ["arrives"]\nthen = [{then}]\n'


async def test_rules_macros_and_views_follow_a_team_that_is_renamed(world: RuleWorld) -> None:
    store = world.store
    await world.add_rules(format_rule("x", '"assign @sales", "notify @sales", "notify @empty"'))
    await world.add_rules(format_rule("y", '"assign next of @sales"'))
    macro = CannedReply("hand over", "", owner="mia", actions="assign @sales\nlabel sales\nclose")
    await store.templates.save_template(macro, "mia")
    await store.views.save_view("all of sales", View(team="sales"), "mia", private=True)
    await store.team.rename_team("sales", "shop", "ana")
    rules = {rule.name: rule for rule in await store.rules.list_rules()}
    assert [str(one) for one in rules["x"].then] == [
        "assign @shop",
        "notify @shop",
        "notify @empty",
    ]
    assert [str(one) for one in rules["y"].then] == ["assign next of @shop"]
    assert all(rules[name].enabled for name in "xy")
    own = {one.name: one for one in await store.templates.list_all("mia")}
    assert own["hand over"].actions == "assign @shop\nlabel sales\nclose"
    (view,) = [one for one in await store.views.list_views("mia") if one.name == "all of sales"]
    assert view.view.team == "shop"
    await world.receive("Hello")
    await world.apply()
    assert (await get_conversation(store)).assignee in ("bo", "@shop")
    await store.team.rename_team("shop", "sales", "ana")
    (rule, *_) = await store.rules.list_rules()
    assert str(rule.then[0]) == "assign @sales"


async def test_rules_follow_a_shared_reply_that_is_renamed(world: RuleWorld) -> None:
    store = world.store
    await world.add_rules(format_rule("x", '"answer welcome"'))
    reply = CannedReply("hello", "{shop}, {name}")
    await store.templates.save_template(reply, "ana", replaces="welcome")
    (rule, *_) = await store.rules.list_rules()
    assert rule.answer == "hello" and rule.enabled
    own = CannedReply("hello", "{shop}", owner="ana")
    await store.templates.save_template(own, "ana", replaces="hello", replaces_owner="")
    assert (await store.rules.list_rules())[0].answer == "hello"
