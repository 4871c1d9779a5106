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
        await desk.shows("a cannot be moved further")
        await desk.press("j", "space")
        await desk.shows("Dry run of b", "would have matched")
        await desk.press("enter")
        await desk.shows("b is on")
        await desk.press("d")
        await desk.shows("Deleted b")
        assert await names() == "ac"
        await desk.press("z")
        await desk.shows("Undone: b is restored", "on   b")
        assert await names() == "abc"
        await desk.press("space")
        await desk.shows("b is off · z undoes")


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


async def import_rules(desk: Desk, text: str) -> None:
    """Store the rules of a TOML text, switched off."""
    await desk.store.rules.import_rules(parse_rules(text, desk.clock.now(), None), "mia")


STAR = '[[rule]]\nname = "star"\nwhen = ["arrives"]\nthen = ["star"]\n'


async def test_the_list_follows_what_colleagues_do_to_rules(desk: Desk) -> None:
    await import_rules(desk, STAR)
    async with desk.open():
        await desk.command("rules")
        await desk.shows("off  star")
        await desk.store.rules.switch_rule("star", "bo", on=True)
        await desk.shows("on   star")
        await import_rules(desk, STAR.replace('"star"]', '"unstar"]').replace('"star"', '"top"', 1))
        await desk.shows("off  top")
        await desk.shows("Rule   star (on)")  # the cursor stays


async def test_a_rule_does_not_take_the_name_of_another(desk: Desk) -> None:
    await import_rules(desk, STAR)
    await desk.store.rules.switch_rule("star", "mia", on=True)
    async with desk.open():
        await desk.command("rules")
        await desk.press("a")
        await desk.type("star")
        await desk.press("tab")
        await desk.type("arrives")
        await desk.press("tab")
        await desk.type("label seen")
        await desk.press("enter")
        await desk.shows("Not saved: there is star already: choose another name")
        assert str((await desk.store.rules.list_rules())[0].then[0]) == "star"
        await desk.press("shift+tab", "shift+tab", "end")
        await desk.type("2")
        await desk.press("enter")
        await desk.shows("Saved star2", "off  star2")


async def test_a_rule_that_a_colleague_has_changed_is_not_overwritten_unseen(desk: Desk) -> None:
    await import_rules(desk, STAR)

    async def read_action() -> str:
        return str((await desk.store.rules.list_rules())[0].then[0])

    async with desk.open():
        await desk.command("rules")
        await desk.shows("off  star")
        await desk.press("e", "tab", "tab", "end", *["backspace"] * 4)
        await desk.type("label mine")
        await import_rules(desk, STAR.replace('["star"]', '["label theirs"]'))
        await desk.press("enter")
        await desk.shows(
            "Not saved: a colleague has changed it", "Then: label theirs", "label mine"
        )
        assert await read_action() == "label theirs"
        await desk.press("enter")
        await desk.shows("Saved star")
        assert await read_action() == "label mine"
        await desk.press("e")
        await desk.shows("Tab next field")
        await desk.store.rules.delete_rule("star", "bo")
        await desk.press("enter")
        await desk.shows("a colleague has deleted it")
        await desk.press("escape")
        await desk.hides("off  star")


async def test_only_leads_can_switch_a_rule_on_after_its_dry_run(desk: Desk) -> None:
    await import_rules(desk, STAR)
    await desk.store.team.add_agent("bo")
    await desk.store.team.set_level("bo", Level.LEAD)
    async with desk.open(NARROW):
        await desk.command("rules")
        await desk.shows("off  star")
        await desk.press("t")
        await desk.shows("would have matched", "Esc closes · nothing was done or sent")
        assert "switches it on" not in desk.text()
        await desk.press("enter")
        await desk.shows("Only leads change rules", "ask bo", "Dry run of star")
    assert not (await desk.store.rules.list_rules())[0].enabled


async def test_a_rule_that_was_changed_after_its_dry_run_stays_off(desk: Desk) -> None:
    await import_rules(desk, STAR)
    async with desk.open():
        await desk.command("rules")
        await desk.shows("off  star")
        await desk.press("space")
        await desk.shows("would have matched")
        await import_rules(desk, STAR.replace('["star"]', '["close"]'))
        await desk.press("enter")
        await desk.shows("star was changed since the dry run", "it as it is now")
        assert not (await desk.store.rules.list_rules())[0].enabled


async def test_only_a_lead_opens_the_form_and_what_is_typed_is_kept(desk: Desk) -> None:
    await import_rules(desk, STAR)
    async with desk.open():
        await desk.command("rules")
        await desk.shows("off  star")
        await desk.press("e", "tab", "tab", "end")
        await desk.type("; label typed")
        await desk.store.team.set_level("bo", Level.LEAD)
        await desk.press("enter")
        await desk.shows("Not saved: Only leads change rules", "label typed")
        await desk.press("escape", "escape")
        for key in ("a", "e", "space"):
            await desk.press(key)
            await desk.shows("Only leads change rules: nothing was changed", "off  star")
            await desk.press("t")
            await desk.shows("would have matched")
            await desk.press("escape")


async def test_a_saved_rule_that_is_on_says_so(desk: Desk) -> None:
    await import_rules(desk, STAR)
    await desk.store.rules.switch_rule("star", "mia", on=True)
    async with desk.open():
        await desk.command("rules")
        await desk.shows("on   star")
        await desk.press("e", "tab", "tab", "end")
        await desk.type("; label seen")
        await desk.press("enter")
        await desk.shows("Saved star, which is on: it acts like this from now on")


async def test_built_in_rules_are_moved_but_not_deleted(desk: Desk) -> None:
    await import_rules(desk, STAR)
    async with desk.open():
        await desk.command("rules")
        await desk.shows("off  help")
        await desk.press("j", "d")
        await desk.shows("help is built in and off: it cannot be deleted", "off  help")
        await desk.press("K")
        await desk.shows("Moved help")
        assert [rule.name for rule in await desk.store.rules.list_rules()] == [
            "help",
            "star",
            "stop",
        ]
        await desk.press("d")
        await desk.shows("help is built in: it is off and as it was at first", "off  help")


async def test_a_deleted_rule_is_not_restored_over_a_new_one(desk: Desk) -> None:
    await import_rules(desk, STAR)
    async with desk.open():
        await desk.command("rules")
        await desk.shows("off  star")
        await desk.press("d")
        await desk.shows("Deleted star")
        await import_rules(desk, STAR.replace('["star"]', '["close"]'))
        await desk.press("z")
        await desk.shows('Another rule is named "star": nothing was saved')
        assert str((await desk.store.rules.list_rules())[0].then[0]) == "close"


@BOTH_SIZES
async def test_a_rule_with_two_answers_is_not_saved(desk: Desk, size: Size) -> None:
    for name in ("thanks", "closed"):
        await desk.store.templates.save_template(CannedReply(name, "Thank you!"), "mia")
    before = await desk.store.rules.list_rules()
    async with desk.open(size):
        await desk.command("rules")
        await desk.press("a")
        for text in ("twice", "arrives", "answer thanks; star; answer closed"):
            await desk.type(text)
            await desk.press("tab")
        await desk.press("enter")
        await desk.shows('Not saved: twice: "answer thanks" and "answer closed": keep one')
    assert await desk.store.rules.list_rules() == before


@BOTH_SIZES
async def test_every_change_of_a_rule_is_undone_one_after_the_other(desk: Desk, size: Size) -> None:
    await import_rules(desk, STAR)

    async def list_own() -> list[str]:
        rules = await desk.store.rules.list_rules()
        return [f"{one.name} {one.then[0]} {one.enabled}" for one in rules if one.id]

    async with desk.open(size):
        await desk.command("rules")
        await desk.shows("off  star")
        await desk.press("e", "tab", "tab", "end", *["backspace"] * 4)
        await desk.type("close")
        await desk.press("enter")
        await desk.shows("Saved star", "z undoes")
        await desk.press("space")
        await desk.shows("would have matched")
        await desk.press("enter")
        await desk.shows("star is on · z undoes")
        await desk.press("a")
        for text in ("seen", "arrives", "label seen"):
            await desk.type(text)
            await desk.press("tab")
        await desk.press("enter")
        await desk.shows("Saved seen")
        await desk.press("K")
        await desk.shows("Moved seen up · z undoes")
        await desk.press("d")
        await desk.shows("Deleted seen · z undoes")
        assert await list_own() == ["star close True"]
        await desk.press("z")
        await desk.shows("Undone: seen is restored", "Rule   seen")
        assert await list_own() == ["seen label seen False", "star close True"]
        await desk.press("z")
        await desk.shows("Undone: seen is back at its place")
        await desk.press("z")
        await desk.shows("Undone: there is no rule seen")
        await desk.press("z")
        await desk.shows("Undone: star is off", "off  star")
        await desk.press("z")
        await desk.shows("Undone: star is as it was", "Then   star")
        assert await list_own() == ["star star False"]
        await desk.press("z")
        await desk.shows("Nothing to undo")
