"""Test rules in line mode: written, tried, switched, moved, removed; a request is announced."""

from dataclasses import replace

from tests.contexts import make_context
from tests.plain.conftest import Typist
from tests.ui.history import AGENT, CHLOE
from tui.desk.rule_answers import create_helpers
from tui.desk.rule_runner import RuleRunner
from tui.domain.action_list import Action, ActionKind
from tui.domain.agent_level import Level
from tui.domain.rule_text import format_rules, parse_rules
from tui.domain.templates import CannedReply

RULE = '[[rule]]\nname = "fire"\nwhen = ["words fire"]\nthen = ["notify mia", "label hot"]\n'


async def test_a_rule_is_tried_switched_on_and_notifies(mia: Typist) -> None:
    rules = mia.store.rules
    await rules.import_rules(parse_rules(RULE, mia.clock.now(), None), "mia")
    await mia.type("rules", "1", "1")
    await mia.shows("1. fire: off, no match in 7 days")
    await mia.shows("Last 14 days: would have matched 0 conversations, answered 0.")
    await mia.type("y")
    await mia.shows("fire is on · z undoes.")
    await mia.events.receive_texts(CHLOE, "Fire! Help!")

    def raise_error(what: str, error: Exception) -> None:
        raise error

    helpers = create_helpers(make_context(mia.clock).preferences, raise_error)
    await RuleRunner(mia.store, helpers, preferred=False).run_round()
    await mia.shows("* A rule asks you to look at Chloe")
    await mia.type("rules fire", "1")
    await mia.shows("fire is off · z undoes.")


async def import_rules(mia: Typist, *names: str) -> None:
    """Store rules that star every conversation."""
    text = "".join(
        f'[[rule]]\nname = "{name}"\nwhen = ["arrives"]\nthen = ["star"]\n' for name in names
    )
    await mia.store.rules.import_rules(parse_rules(text, mia.clock.now(), None), AGENT)


async def list_names(mia: Typist) -> list[str]:
    """Return the names of the stored rules, in their order."""
    return [rule.name for rule in await mia.store.rules.list_rules() if rule.id]


async def test_a_rule_is_written_and_changed_field_by_field(mia: Typist) -> None:
    await mia.type("rules new night", "", "?", "arives; outside hours")
    await mia.shows("Name: night")
    await mia.shows("Conditions: arrives · first contact")
    await mia.shows("did you mean arrives?")
    await mia.type("arrives; outside hours", "", "answer closed; label night; stop")
    await mia.shows("It cannot be empty")
    await mia.type("mon-fri 9-25", "", "Europe/Warsaw")
    await mia.shows("mon-fri 9-25")
    await mia.type("", "", "", "mon-fri 9-17", "2026-12-25", "")
    await mia.shows("Hours, if not those of the desk: mon-fri 9-25")
    await mia.shows(
        'Saved night, but there is no canned reply "closed" (smsdesk canned import adds one)'
        " · z undoes."
        " It is off: rules on night tries it, then asks."
    )
    (rule,) = [one for one in await mia.store.rules.list_rules() if one.id]
    assert format_rules([rule]) == (
        '[[rule]]\nname = "night"\nenabled = false\nwhen = ["arrives", "outside hours"]\n'
        'then = ["answer closed", "label night"]\nstop = true\n[rule.hours]\n'
        'week = "mon-fri 9-17"\nholidays = ["2026-12-25"]\nzone = "Europe/Warsaw"\n'
    )
    await mia.type("rules on night")
    await mia.shows("night stays off: there is no canned reply")
    await mia.store.templates.save_template(CannedReply("closed", "We are closed"), AGENT)
    await mia.type("rules edit Night", "late", "arrives", "answer closed", "-")
    await mia.shows("Saved late · z undoes.")
    (changed,) = [one for one in await mia.store.rules.list_rules() if one.id]
    assert (changed.id, changed.hours.week, changed.stop) == (rule.id, "", False)
    await mia.type("z")
    await mia.shows("Undone: night is as it was")
    assert [one for one in await mia.store.rules.list_rules() if one.id] == [rule]
    await mia.type("rules new night", "", "other", "!")
    await mia.shows('Another rule is named "night".')
    await mia.shows("No rule saved.")
    assert await list_names(mia) == ["night"]


async def test_a_new_rule_is_removed_by_undo_unless_a_colleague_has_changed_it(
    mia: Typist,
) -> None:
    await mia.type("rules new a", "", "arrives", "star", "z")
    await mia.shows("Undone: there is no rule a")
    assert await list_names(mia) == []
    await mia.type("rules new a", "", "arrives", "star")
    (rule,) = parse_rules(RULE.replace("fire", "a", 1), mia.clock.now(), None)
    await mia.store.rules.save_rule(rule, "bo", replaces="a")
    await mia.type("z")
    await mia.shows("Not undone: a colleague has changed it meanwhile")
    assert await list_names(mia) == ["a"]


async def test_rules_are_moved_switched_and_removed_and_all_is_undone(mia: Typist) -> None:
    await import_rules(mia, "a", "b b", "c")
    await mia.type("rules move b b up")
    await mia.shows("Moved b b up · z undoes.")
    await mia.type("rules move b b up")
    await mia.shows("b b cannot be moved further.")
    assert await list_names(mia) == ["b b", "a", "c"]
    await mia.type("z", "y")
    await mia.shows("Undone: b b is back at its place")
    await mia.type("rules on b b", "n")
    await mia.shows("b b stays off.")
    await mia.type("rules on b b", "y")
    await mia.shows("b b is on · z undoes.")
    await mia.type("rules remove b b")
    await mia.shows("Deleted b b · z undoes.")
    assert await list_names(mia) == ["a", "c"]
    await mia.type("z")
    await mia.shows("Undone: b b is restored")
    assert await list_names(mia) == ["a", "b b", "c"]
    assert (await mia.store.rules.list_rules())[1].enabled
    await mia.type("rules off b b", "z")
    await mia.shows("b b is off · z undoes.")
    await mia.shows("Undone: b b is on")
    await mia.type("rules remove help", "rules move help up", "rules remove d d")
    await mia.shows("help is built in and off: it cannot be deleted.")
    await mia.shows("Moved help up · z undoes.")
    await mia.shows('There is no rule "d d"')
    await mia.type("rules off hepl")
    await mia.shows('There is no rule "hepl": did you mean help?')
    assert mia.output[0].endswith("help?")


async def test_a_rule_that_was_changed_after_its_dry_run_stays_off(mia: Typist) -> None:
    await import_rules(mia, "a")
    await mia.type("rules on a")
    await mia.shows("would have matched")
    rules = mia.store.rules
    old = (await rules.list_rules())[0]
    changed = replace(old, then=(Action(ActionKind.CLOSE),))
    await rules.save_rule(changed, "bo", replaces="a")
    await mia.type("y")
    await mia.shows("a was changed since the dry run: nothing was switched.")
    assert not await rules.has_enabled()


async def test_each_choice_of_a_listed_rule_does_what_it_says(mia: Typist) -> None:
    await import_rules(mia, "a", "b")
    await mia.type("rules", "1", "5")
    await mia.shows("Type rules new · rules edit NAME")
    await mia.shows("Moved a down")
    await mia.type("rules a", "4")
    await mia.shows("Moved a up")
    await mia.type("rules a", "3", "", "", "label x")
    await mia.shows("Saved a")
    await mia.type("rules a", "6")
    await mia.shows("Deleted a")
    assert await list_names(mia) == ["b"]


async def test_a_rule_is_tried_on_as_many_days_as_are_typed(mia: Typist) -> None:
    await import_rules(mia, "a", "a 2")
    await mia.type("rules test a 30", "rules test a")
    await mia.shows("Last 30 days: would have matched")
    await mia.shows("Nothing was done or sent.")
    await mia.shows("Last 14 days: would have matched")
    await mia.type("rules test a 2", "rules test a 2 1")
    await mia.shows("Last 14 days: would have matched")
    await mia.shows("Last 1 day: would have matched")
    assert not any(rule.enabled for rule in await mia.store.rules.list_rules())


async def test_only_leads_change_rules_and_others_are_not_asked_in_vain(mia: Typist) -> None:
    await import_rules(mia, "a")
    await mia.store.team.add_agent("bo")
    await mia.store.team.set_level("bo", Level.LEAD)
    refusal = "Only leads change rules: nothing was changed · ask bo."
    for line in ("new b", "edit a", "on a", "move a up", "remove a"):
        await mia.type(f"rules {line}")
        await mia.shows(refusal)
        mia.output.clear()
    await mia.store.rules.switch_rule("a", "bo", on=True)
    await mia.type("rules off a", "rules test a")
    await mia.shows(refusal)
    await mia.shows("Last 14 days: would have matched")
    assert [rule.enabled for rule in await mia.store.rules.list_rules() if rule.id] == [True]


async def test_an_unknown_hook_is_named_after_the_dry_run_and_announced_when_it_is_gone(
    mia: Typist,
) -> None:
    rules = mia.store.rules
    text = '[[rule]]\nname = "x"\nwhen = ["arrives"]\nthen = ["hook ticket"]\n'
    await rules.import_rules(parse_rules(text, mia.clock.now(), None), "mia")
    await mia.type("rules", "1", "2")
    await mia.shows('It lacks something: there is no hook "ticket" ([hooks] in the settings')
    await mia.type("rules", "1", "1")
    await mia.shows('x stays off: there is no hook "ticket"')
    await rules.switch_rule("x", "mia", on=True)
    preferences = make_context(mia.clock).preferences
    helpers = create_helpers(preferences, lambda what, error: None)
    runner = RuleRunner(mia.store, helpers, preferred=False, preferences=preferences)
    await runner.check_names()
    await mia.shows('* Rule x is incomplete: there is no hook "ticket"')
