"""Test rules in line mode: tried, then switched on; a request of a rule is announced."""

from tests.contexts import make_context
from tests.plain.conftest import Typist
from tests.ui.history import CHLOE
from tui.desk.rule_answers import create_helpers
from tui.desk.rule_runner import RuleRunner
from tui.domain.rule_text import parse_rules

RULE = '[[rule]]\nname = "fire"\nwhen = ["words fire"]\nthen = ["notify mia", "label hot"]\n'


async def test_a_rule_is_tried_switched_on_and_notifies(mia: Typist) -> None:
    rules = mia.store.rules
    await rules.import_rules(parse_rules(RULE, mia.clock.now(), None), "mia")
    await mia.type("rules", "1", "1")
    await mia.shows("1. fire: off, no match in 7 days")
    await mia.shows("Last 14 days: would have matched 0 conversations, answered 0.")
    await mia.type("y")
    await mia.shows("fire is on.")
    await mia.events.receive_texts(CHLOE, "Fire! Help!")

    def raise_error(what: str, error: Exception) -> None:
        raise error

    helpers = create_helpers(make_context(mia.clock).preferences, raise_error)
    await RuleRunner(mia.store, helpers, preferred=False).run_round()
    await mia.shows("* A rule asks you to look at Chloe")
    await mia.type("rules fire", "1")
    await mia.shows("fire is off.")


async def test_an_unknown_hook_is_named_after_the_dry_run_and_announced_when_it_is_gone(
    mia: Typist,
) -> None:
    rules = mia.store.rules
    text = '[[rule]]\nname = "x"\nwhen = ["arrives"]\nthen = ["hook ticket"]\n'
    await rules.import_rules(parse_rules(text, mia.clock.now(), None), "mia")
    await mia.type("rules", "1", "1")
    await mia.shows('It lacks something: there is no hook "ticket" ([hooks] in the settings')
    await mia.type("y")
    await mia.shows('x stays off: there is no hook "ticket"')
    await rules.switch_rule("x", "mia", on=True)
    preferences = make_context(mia.clock).preferences
    helpers = create_helpers(preferences, lambda what, error: None)
    runner = RuleRunner(mia.store, helpers, preferred=False, preferences=preferences)
    await runner.check_names()
    await mia.shows('* Rule x is incomplete: there is no hook "ticket"')
