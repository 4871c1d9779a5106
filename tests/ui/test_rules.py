"""Test rules on the screen: added, tried, switched on, moved, deleted, restored."""

from tests.ui.desk import BOTH_SIZES, NARROW, Desk, presses
from tests.ui.history import CHLOE
from tui.desk.rule_answers import create_helpers
from tui.desk.rule_runner import RuleRunner
from tui.domain.agent_level import Level
from tui.domain.business_hours import parse_desk_hours
from tui.domain.rule_text import parse_rules
from tui.domain.templates import CannedReply
from tui.screens.rule_list import RulesScreen
from tui.store.rule_helpers import RuleHelpers

Size = tuple[int, int]


def make_helpers(desk: Desk) -> RuleHelpers:
    """Return what the rules need, with the accounts of the agent."""

    def raise_error(what: str, error: Exception) -> None:
        raise error

    return create_helpers(desk.app_context.preferences, raise_error)


@presses("rules")
async def test_a_rule_is_added_tried_switched_on_and_answers(desk: Desk, size: Size) -> None:
    await desk.store.templates.save_template(CannedReply("thanks", "Thank you!"), "mia")
    async with desk.open(size):
        await desk.command("rules")
        await desk.shows("off  help", "off  stop")
        await desk.press("a")
        await desk.type("thanks")
        await desk.press("tab")
        await desk.type("arives")
        await desk.shows("did you mean arrives?")
        await desk.press("backspace", "backspace", "backspace", "backspace", "backspace")
        await desk.type("rrives")
        await desk.press("tab")
        await desk.type("answer thank; label seen")
        await desk.shows('there is no canned reply "thank"')
        await desk.press("enter")
        await desk.shows("Saved thanks, which is off · Space shows its dry run", "off  thanks")
        await desk.press("space")
        await desk.shows("thanks stays off: there is no canned reply")
        await desk.press("e", "tab", "tab", "home", *["right"] * len("answer thank"))
        await desk.type("s")
        await desk.press("enter")
        await desk.shows("Then   answer thanks; label seen")
        await desk.press("space")
        await desk.shows("would have matched", "nothing was done or sent")
        assert not (await desk.store.rules.list_rules())[0].enabled
        await desk.press("enter")
        await desk.shows("thanks is on", "on   thanks")
        await desk.press("escape")
        await desk.open_thread(CHLOE)
        await desk.events.receive_texts(CHLOE, "One more question about my order")
        await RuleRunner(desk.store, make_helpers(desk), preferred=False).run_round()
        await desk.shows("Thank you!", "auto · rule thanks")
        assert (await desk.thread(CHLOE)).waiting_since is not None
        await desk.press("escape")
        await desk.shows("Auto: Thank you!")
        await desk.hides("You: Thank you!")


async def test_rules_are_moved_deleted_and_restored_where_they_were(desk: Desk) -> None:
    text = "".join(
        f'[[rule]]\nname = "{name}"\nwhen = ["arrives"]\nthen = ["star"]\n' for name in "abc"
    )
    rules = desk.store.rules
    await rules.import_rules(parse_rules(text, desk.clock.now(), None), "mia")

    async def names() -> str:
        return "".join(rule.name for rule in await rules.list_rules() if rule.id)

    async with desk.open():
        await desk.command("rules")
        await desk.shows("off  a")
        await desk.press("J")
        assert await names() == "bac"
        await desk.press("K", "K")
        await desk.shows("It cannot be moved further")
        await desk.press("j", "space")
        await desk.shows("Dry run of b", "would have matched")
        await desk.press("enter")
        await desk.shows("b is on")
        await desk.press("d")
        await desk.shows("Deleted b")
        assert await names() == "ac"
        await desk.press("z")
        await desk.shows("b is restored", "on   b")
        assert await names() == "abc"
        await desk.press("space")
        await desk.shows("b is off · Space switches it on again")


async def test_a_new_rule_does_not_take_the_place_of_another(desk: Desk) -> None:
    before = await desk.store.rules.list_rules()
    async with desk.open():
        await desk.command("rules")
        await desk.shows("off  help")
        await desk.press("a")
        for text in ("help", "arrives", "star"):
            await desk.type(text)
            await desk.press("tab")
        await desk.press("enter")
        await desk.shows('Another rule is named "help": nothing was saved')
    assert await desk.store.rules.list_rules() == before


async def test_no_form_is_opened_for_who_may_not_change_rules(desk: Desk) -> None:
    await desk.store.team.set_level("zoe", Level.LEAD)
    async with desk.open(NARROW):
        await desk.press("g", "r")
        await desk.shows("off  help")
        for key in ("a", "e"):
            await desk.press(key)
            await desk.shows("Only leads change rules: nothing was changed · ask zoe")
            assert isinstance(desk.app.screen, RulesScreen)


async def test_a_rule_about_hours_is_on_once_it_or_the_desk_has_some(desk: Desk) -> None:
    await desk.store.templates.save_template(CannedReply("closed", "We are closed"), "mia")
    async with desk.open(NARROW):
        await desk.press("g", "r", "a")
        await desk.type("night")
        await desk.press("tab")
        await desk.type("outside hours")
        await desk.press("tab")
        await desk.type("answer closed")
        await desk.shows("Can be saved, but outside hours needs hours: its own, or those of the")
        await desk.press("enter", "space")
        await desk.shows("night stays off: outside hours needs hours")
        await desk.store.answer_targets.save_hours(parse_desk_hours("mon-fri 9-17"), "mia")
        await desk.press("space")
        await desk.shows("Dry run of night", "would have matched")


@BOTH_SIZES
async def test_an_unknown_hook_is_named_in_the_form_in_the_dry_run_and_when_switched_on(
    desk: Desk, size: Size
) -> None:
    rules = parse_rules(
        '[[rule]]\nname = "x"\nwhen = ["arrives"]\nthen = ["hook tickt"]\n', desk.clock.now(), None
    )
    await desk.store.rules.import_rules(rules, "mia")
    async with desk.open(size, hooks={"ticket": ("true",)}):
        await desk.command("rules")
        await desk.shows("off  x")
        await desk.press("space")
        await desk.shows('x stays off: there is no hook "tickt", did you mean ticket?')
        await desk.press("t")
        await desk.shows("would have matched", 'there is no hook "tickt"')
        await desk.press("enter")
        await desk.shows("x stays off")
        assert not await desk.store.rules.has_enabled()
        await desk.press("e", "tab", "tab")
        await desk.shows('Can be saved, but there is no hook "tickt"')
        await desk.press("end", "left")
        await desk.type("e")
        await desk.press("enter")
        await desk.shows("Then   hook ticket")
        await desk.press("space")
        await desk.shows("would have matched")
        await desk.press("enter")
        await desk.shows("x is on")
        await desk.press("e", "tab", "tab", "end", "backspace", "enter")
        await desk.shows('Not saved, as the rule is on: there is no hook "ticke"')
        await desk.press("escape", "escape")
    (rule, *_) = await desk.store.rules.list_rules()
    assert [str(one) for one in rule.then] == ["hook ticket"] and rule.enabled


@BOTH_SIZES
async def test_a_rule_that_lost_what_it_names_is_announced(desk: Desk, size: Size) -> None:
    rules = desk.store.rules
    text = '[[rule]]\nname = "x"\nwhen = ["arrives"]\nthen = ["answer thanks"]\n'
    await desk.store.templates.save_template(CannedReply("thanks", "Thank you!"), "mia")
    await rules.import_rules(parse_rules(text, desk.clock.now(), None), "mia")
    await rules.switch_rule("x", "mia", on=True)
    async with desk.open(size):
        runner = RuleRunner(
            desk.store,
            make_helpers(desk),
            preferred=False,
            preferences=desk.app_context.preferences,
        )
        await desk.command("templates")
        await desk.shows("thanks")
        await desk.press("d")
        await desk.shows("Deleted thanks · incomplete now: rule x · z undoes")
        await desk.press("escape")
        await runner.check_names()
        await desk.shows('Rule x is incomplete: there is no canned reply "thanks"')
        await desk.command("rules")
        await desk.shows("failed, see below", 'Incomplete: there is no canned reply "thanks"')
