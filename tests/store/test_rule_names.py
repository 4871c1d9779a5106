"""Rules name things that can be missing: it is said before, and it is seen when they go later."""

from dataclasses import replace

import pytest

from tests.contexts import make_context
from tests.store.builders import get_conversation
from tests.store.rule_worlds import RuleWorld, make_helpers
from tui.clock import Clock
from tui.desk.rule_book import RuleNotReadyError, check_import, switch_rule
from tui.desk.rule_names import find_missing, read_names
from tui.desk.rule_runner import RuleRunner
from tui.domain.rule_text import parse_rules
from tui.domain.templates import CannedReply, CustomField
from tui.settings.public import Preferences
from tui.store.store import Store

HOOKS = {"ticket": ("true",)}


@pytest.fixture
def preferences(clock: Clock) -> Preferences:
    """Return settings with the hook `ticket` and the accounts of the tests."""
    return make_context(clock, hooks=HOOKS).preferences


@pytest.fixture
async def world(store: Store, clock: Clock) -> RuleWorld:
    """Return an inbox with agents, teams, replies and fields."""
    await store.team.save_team("sales", ["bo", "mia"])
    await store.team.save_team("empty", [])
    await store.templates.save_field(CustomField("shop", "Kiosk"), "ana")
    await store.templates.save_template(CannedReply("welcome", "{shop}, {name}"), "ana")
    await store.templates.save_template(CannedReply("price", "It is {price}"), "ana")
    await store.templates.save_template(CannedReply("secret", "Mine", owner="mia"), "mia")
    return RuleWorld(store, clock, make_helpers(clock, hooks=HOOKS))


def format_rule(then: str, when: str = "arrives", name: str = "x") -> str:
    """Return the TOML of a rule."""
    return f'[[rule]]\nname = "{name}"\nwhen = ["{when}"]\nthen = ["{then}"]\n'


@pytest.mark.parametrize(
    ("when", "then", "expected"),
    [
        ("arrives", "hook tickt", 'no hook "tickt", did you mean ticket? ([hooks] in the settings'),
        ("arrives", "hook ticket", ""),
        ("account aus", "star", 'no account "aus", did you mean au?'),
        ("account AU", "star", ""),
        ("arrives", "answer welcom", 'no canned reply "welcom", did you mean welcome? (g t'),
        ("arrives", "answer secret", 'no canned reply "secret"'),
        ("arrives", "answer price", "no rule can fill {price} of the canned reply price"),
        ("arrives", "answer welcome", ""),
        ("arrives", "assign MIA", 'no agent "MIA", did you mean mia? (g w adds one)'),
        ("arrives", "notify zoe", 'no agent "zoe"'),
        ("arrives", "assign @sale", 'no team "sale", did you mean sales? (g w adds one)'),
        ("arrives", "assign next of @empty", "the team @empty has no members"),
        ("arrives", "notify @empty", "the team @empty has no members"),
        ("arrives", "assign @empty", ""),
        ("label never-used", "label new", ""),
        ("opt-out", "answer welcome", "without confirm_opt_outs = true in the settings"),
        ("opt-out", "label left", ""),
    ],
)
async def test_what_a_rule_names_is_checked(
    world: RuleWorld, preferences: Preferences, when: str, then: str, expected: str
) -> None:
    (rule,) = parse_rules(format_rule(then, when), world.clock.now(), None)
    found = find_missing(rule, await read_names(world.store, preferences))
    assert expected in found and bool(expected) == bool(found)


async def test_an_opt_out_is_answered_where_the_settings_allow_it(
    world: RuleWorld, preferences: Preferences
) -> None:
    (rule,) = parse_rules(format_rule("answer welcome", "opt-out"), world.clock.now(), None)
    allowed = replace(preferences, confirm_opt_outs=True)
    assert find_missing(rule, await read_names(world.store, allowed)) == ""


async def test_a_rule_with_an_unknown_hook_is_not_switched_on(
    world: RuleWorld, preferences: Preferences
) -> None:
    await world.add_rules(format_rule("hook tickt"), on=False)
    with pytest.raises(RuleNotReadyError, match='x stays off: there is no hook "tickt", did you'):
        await switch_rule(world.store, "x", "ana", on=True, preferences=preferences)
    assert not await world.store.rules.has_enabled()


async def test_an_import_keeps_a_rule_that_is_on_complete(
    world: RuleWorld, preferences: Preferences
) -> None:
    store, now = world.store, world.clock.now()
    wrong = parse_rules(format_rule("hook tickt"), now, None)
    assert "no hook" in (await check_import(store, wrong, preferences))[0]
    await world.add_rules(format_rule("hook ticket"))
    with pytest.raises(RuleNotReadyError, match='x is on: there is no hook "tickt"'):
        await check_import(store, wrong, preferences)


class Runner:
    """The process that applies rules, with its own settings."""

    def __init__(self, world: RuleWorld, preferences: Preferences) -> None:
        """Create it."""
        self._world = world
        self._runner = RuleRunner(
            world.store, world.helpers, preferred=True, preferences=preferences
        )

    async def look(self) -> dict[str, str]:
        """Check the names, and return what the rules lack."""
        await self._runner.check_names()
        return await self._world.store.rules.list_incomplete()


async def test_what_was_removed_later_is_seen_and_cleared_when_it_is_back(
    world: RuleWorld, preferences: Preferences, clock: Clock
) -> None:
    store = world.store
    await world.add_rules(
        format_rule("notify @sales", name="a")
        + format_rule("answer welcome", name="b")
        + format_rule("hook ticket", name="c")
        + format_rule("star", "account au", name="d")
    )
    runner = Runner(world, preferences)
    assert await runner.look() == {}
    await store.team.delete_team("sales", "ana")
    await store.templates.delete_field("shop", "ana")
    poorer = Runner(world, make_context(clock, hooks={}, accounts=()).preferences)
    found = await poorer.look()
    assert list(found) == ["a", "b", "c", "d"]
    assert found["a"].startswith('there is no team "sales"')
    assert found["b"].startswith("no rule can fill {shop}")
    assert found["c"].startswith('there is no hook "ticket"')
    assert found["d"].startswith('there is no account "au"')
    records = {one.rule.name: one for one in await store.rules.list_records(0)}
    assert records["c"].problem.startswith("Incomplete: there is no hook")
    assert records["c"].problem_at == clock.now()
    assert list(await runner.look()) == ["a", "b"]
    await store.team.save_team("sales", ["bo"])
    await store.templates.delete_template("welcome", "ana")
    assert list(await runner.look()) == ["b"]
    await store.rules.switch_rule("b", "ana", on=False)
    assert await runner.look() == {}


async def test_a_failed_action_is_not_cleared_by_the_check(
    world: RuleWorld, preferences: Preferences
) -> None:
    await world.add_rules(format_rule("answer out"))
    await world.write("Hello")  # "We are closed, {name}": the customer has no name
    (record,) = [one for one in await world.store.rules.list_records(0) if one.rule.name == "x"]
    assert record.problem.startswith("Not answered")
    assert await Runner(world, preferences).look() == {}
    (after,) = [one for one in await world.store.rules.list_records(0) if one.rule.name == "x"]
    assert after.problem == record.problem


@pytest.mark.parametrize(
    ("then", "note"),
    [
        ("assign zoe", 'No agent was assigned, as there is no agent "zoe"'),
        ("assign @gone", 'No agent was assigned, as there is no team "gone"'),
        ("assign next of @gone", 'No agent was assigned, as there is no team "gone"'),
        ("notify zoe", 'No agent was notified, as there is no agent "zoe"'),
        ("notify @gone", 'No agent was notified, as there is no team "gone"'),
        ("hook gone", "The hook gone was not run: the settings have none"),
        ("answer gone", 'Not answered, as there is no canned reply "gone"'),
    ],
)
async def test_nothing_is_given_to_what_does_not_exist_and_a_note_says_so(
    world: RuleWorld, then: str, note: str
) -> None:
    await world.add_rules(format_rule(f'{then}", "label seen'))
    await world.write("Hello")
    row = await get_conversation(world.store)
    assert (row.assignee, row.labels) == ("", ("seen",))
    assert await world.notes() == [note]


async def test_who_has_open_work_counts_as_an_agent(world: RuleWorld) -> None:
    await world.receive("Hello")
    row = await get_conversation(world.store)
    await world.store.triage.assign_conversations([row.id], "ana", "late")
    await world.add_rules(format_rule("notify late"))
    await world.write("Again")
    assert await world.notes() == []
