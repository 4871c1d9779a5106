"""Rules act on texts and waits: in their order, once, with answers that no machine gets."""

from dataclasses import replace

import pytest

from tests.conftest import OpenStore
from tests.store.builders import MIA, TOM, get_conversation, make_outgoing
from tests.store.consistency import check_counters_and_summaries
from tests.store.rule_worlds import RULE_ACCOUNT, RuleWorld, make_helpers, read_rules
from tui.clock import DAY, HOUR, MINUTE, ManualClock
from tui.desk.message_text import MessageText
from tui.domain.business_hours import parse_desk_hours
from tui.domain.change import JournalKind
from tui.domain.conversation import State
from tui.domain.json_fields import message_to_json
from tui.domain.message import Direction
from tui.domain.rules import RuleHours
from tui.domain.status import Status
from tui.startup.wiring import create_consent_judge
from tui.store.errors import StoreError
from tui.store.store import Store

CLOSED = """
[hours]
week = "mon-fri 9-17"
zone = "UTC"
[[rule]]
name = "out_of_hours"
when = ["arrives", "outside hours"]
then = ["answer thanks", "label night"]
"""
DESK_CLOSED = """
[[rule]]
name = "desk_closed"
when = ["arrives", "outside hours"]
then = ["answer thanks"]
"""
THANKS = """
[[rule]]
name = "thanks"
when = ["arrives"]
then = ["answer thanks"]
"""


@pytest.fixture
async def store(open_store: OpenStore) -> Store:
    """Return an empty inbox that knows the words of consent."""
    return await open_store(classify=create_consent_judge({}))


@pytest.fixture
def world(store: Store, clock: ManualClock) -> RuleWorld:
    """Return an inbox without rules."""
    return RuleWorld(store, clock)


async def test_a_rule_without_hours_has_those_of_the_desk(world: RuleWorld) -> None:
    await world.add_rules(DESK_CLOSED)
    await world.write("Anyone there?")  # 08:00 UTC; the desk has no hours: it is never closed
    assert [m.rule for m in await world.messages()] == [""]
    hours = parse_desk_hours("mon-fri 9-17;; UTC")
    await world.store.answer_targets.save_hours(hours, "ana")
    await world.write("And now?")
    assert (await world.messages())[-1].rule == "desk_closed"
    assert (await world.store.rules.list_rules())[0].hours == RuleHours()


async def test_a_rule_answers_labels_and_is_named_everywhere(world: RuleWorld) -> None:
    await world.add_rules(CLOSED)
    await world.write("Anyone there?")  # 08:00 UTC, before nine
    row = await get_conversation(world.store)
    answer = (await world.messages())[-1]
    assert (answer.body, answer.rule, answer.agent) == (
        "Thank you!",
        "out_of_hours",
        "rule out_of_hours",
    )
    assert (answer.status, answer.account, answer.sender) == (Status.QUEUED, "au", "+61491570157")
    assert row.labels == ("night",)
    assert message_to_json(answer, row)["rule"] == "out_of_hours"
    assert MessageText(answer).author == "auto · rule out_of_hours"
    now = world.clock.now()
    statistics = await world.store.statistics.get_statistics(now - HOUR, now + HOUR)
    assert statistics.reply_times == (), "no agent has answered"
    trail = await world.store.triage.get_audit_trail(row.id)
    assert {(e.agent, e.action) for e in trail} >= {
        ("rule out_of_hours", "answered automatically"),
        ("rule out_of_hours", "label night"),
    }
    await check_counters_and_summaries(world.store)


async def test_an_automatic_answer_leaves_the_customer_waiting(world: RuleWorld) -> None:
    await world.add_rules(THANKS)
    began = world.clock.now()
    await world.write("Hello?")
    assert (await get_conversation(world.store)).waiting_since == began
    # Taking an agent's answer back computes the wait again, which the automatic one does not end.
    world.clock.advance(60)
    sent = await world.store.intents.queue_message(make_outgoing(account=RULE_ACCOUNT))
    assert (await get_conversation(world.store)).waiting_since is None
    await world.store.intents.cancel_queued(sent.id, "ana")
    assert (await get_conversation(world.store)).waiting_since == began
    await check_counters_and_summaries(world.store)


async def test_without_a_rule_that_is_on_nothing_is_queued(world: RuleWorld) -> None:
    await world.add_rules(THANKS, on=False)
    await world.receive("Hello?")
    assert await world.store.rules.count_waiting() == 0
    assert await world.apply() == 0
    await world.store.rules.switch_rule("thanks", "ana", on=True)
    await world.receive("And now?")
    assert await world.store.rules.count_waiting() == 1


async def test_rules_act_from_top_to_bottom_and_see_what_was_changed(world: RuleWorld) -> None:
    await world.add_rules("""
[[rule]]
name = "a"
when = ["words bill"]
then = ["label billing"]
[[rule]]
name = "b"
when = ["label billing"]
then = ["assign bo", "unlabel billing"]
[[rule]]
name = "c"
when = ["label billing"]
then = ["star"]
[[rule]]
name = "d"
when = ["arrives"]
then = ["label seen"]
stop = true
[[rule]]
name = "e"
when = ["arrives"]
then = ["close"]
""")
    await world.store.team.add_agent("bo")
    await world.write("My BILL is wrong")
    row = await get_conversation(world.store)
    assert (row.labels, row.assignee, row.starred, row.state) == (
        ("seen",),
        "bo",
        False,
        State.OPEN,
    )
    await world.store.rules.move_rule("e", -1, "ana")
    await world.write("Another one", TOM)
    assert (await get_conversation(world.store, TOM)).state is State.CLOSED
    await check_counters_and_summaries(world.store)


async def test_one_answer_in_twelve_hours_over_all_rules(world: RuleWorld) -> None:
    second = THANKS.replace('"thanks"', '"more"', 1)
    await world.add_rules(THANKS + second)
    for number in range(4):
        await world.write(f"Text number {number}")
        world.clock.advance(3 * HOUR / 1_000)
    assert await world.answers() == ["Thank you!"]
    await world.write("After twelve hours")
    assert await world.answers() == ["Thank you!"] * 2


@pytest.mark.parametrize("party", ["12345", "MYBANK", "INFO-SMS"])
async def test_short_codes_and_names_get_no_answer(world: RuleWorld, party: str) -> None:
    await world.add_rules(THANKS)
    await world.write("Your code is 4711", party)
    assert await world.answers(party) == []
    assert await world.notes(party) == []


@pytest.mark.parametrize(
    "text",
    [
        "Auto-reply: I am away",
        "Automatische Antwort: nicht im Büro",
        "Réponse automatique",
        "I'm driving and will call back",
        "自动回复：我不在",
    ],
)
async def test_automatic_texts_get_no_answer(world: RuleWorld, text: str) -> None:
    await world.add_rules(THANKS)
    await world.write(text)
    assert await world.answers() == []


async def test_the_same_text_again_and_our_own_text_get_no_answer(world: RuleWorld) -> None:
    await world.receive("Call me")
    await world.add_rules(THANKS)
    world.clock.advance(60)
    await world.write("call ME!")
    assert await world.answers() == []
    text = "Your parcel is at the depot until Friday"
    await world.store.intents.queue_message(make_outgoing(text, TOM, account=RULE_ACCOUNT))
    world.clock.advance(60)
    await world.write(f"Fwd: {text}", TOM)
    assert await world.answers(TOM) == []
    world.clock.advance(60)
    await world.write("Thanks, I come by", TOM)
    assert await world.answers(TOM) == ["Thank you!"]


async def test_an_old_text_is_labelled_but_not_answered(world: RuleWorld) -> None:
    await world.add_rules(CLOSED)
    at = world.clock.now()
    world.clock.advance(2 * HOUR / 1_000)
    await world.write("Late", received_at=at)
    assert await world.answers() == []
    assert (await get_conversation(world.store)).labels == ("night",)


async def test_an_open_field_and_a_missing_reply_are_noted_and_shown(world: RuleWorld) -> None:
    await world.add_rules(THANKS.replace("answer thanks", "answer out"))
    await world.write("Hello?")
    assert await world.answers() == []
    assert await world.notes() == ['Not answered with "out": {name} is not filled in']
    record = (await world.store.rules.list_records(0))[0]
    assert record.problem == 'Not answered with "out": {name} is not filled in'
    assert (record.matched_today, record.answered_today) == (1, 0)
    await world.store.templates.delete_template("out", "ana")
    await world.write("Hello again?", TOM)
    assert await world.notes(TOM) == ['Not answered, as there is no canned reply "out"']


async def test_the_same_problem_is_noted_once_in_a_conversation(world: RuleWorld) -> None:
    await world.add_rules(THANKS.replace("answer thanks", "answer out"))
    for number in range(3):
        await world.write(f"Hello {number}?")
        world.clock.advance(HOUR / 1_000)
    assert len(await world.notes()) == 1
    assert (await world.store.rules.list_records(0))[0].matched == 3


async def test_a_text_that_waited_is_no_work_for_a_rule_that_came_later(world: RuleWorld) -> None:
    await world.add_rules(THANKS)
    await world.receive("Hello?")
    await world.store.rules.switch_rule("thanks", "ana", on=False)
    world.clock.advance(10 * MINUTE / 1_000)
    await world.store.rules.switch_rule("thanks", "ana", on=True)
    await world.apply()
    assert await world.answers() == []
    assert await world.store.rules.count_waiting() == 0


async def test_a_stop_is_confirmed_once_only_where_it_is_allowed(
    store: Store, clock: ManualClock
) -> None:
    rule = '[[rule]]\nname = "stop"\nwhen = ["opt-out"]\nthen = ["answer stop", "label left"]\n'
    world = RuleWorld(store, clock)
    await world.add_rules(rule)
    await world.write("STOP")
    assert await world.answers() == []
    assert (await get_conversation(store)).labels == ("left",)
    world.helpers = make_helpers(clock, confirm_opt_outs=True)
    await world.write("STOP", TOM)
    assert await world.answers(TOM) == ["You get no more texts"]
    claimed = await store.outbox.claim_due_messages("a", RULE_ACCOUNT, 10)
    assert [one.message.body for one in claimed] == ["You get no more texts"]
    clock.advance(60)
    await world.write("STOP", TOM)
    await world.write("START", TOM)
    await world.write("STOP", TOM)
    assert len(await world.answers(TOM)) == 1


async def test_a_confirmation_survives_a_second_stop(store: Store, clock: ManualClock) -> None:
    rule = '[[rule]]\nname = "stop"\nwhen = ["opt-out"]\nthen = ["answer stop"]\n'
    world = RuleWorld(store, clock, make_helpers(clock, confirm_opt_outs=True))
    await world.add_rules(rule)
    await world.write("STOP")
    await world.write("STOP please")
    await world.write("STOP")
    claimed = await store.outbox.claim_due_messages("a", RULE_ACCOUNT, 10)
    assert len(claimed) == 1


async def test_a_stop_that_the_provider_handles_is_not_confirmed_twice(
    store: Store, clock: ManualClock
) -> None:
    world = RuleWorld(store, clock, make_helpers(clock, confirm_opt_outs=True))
    await world.add_rules(
        '[[rule]]\nname = "stop"\nwhen = ["opt-out"]\nthen = ["answer stop", "star"]\n'
    )
    await world.write("STOP", opted_out=True)
    assert await world.answers() == []
    assert (await get_conversation(store)).starred


async def test_a_help_word_is_answered(world: RuleWorld) -> None:
    await world.add_rules('[[rule]]\nname = "help"\nwhen = ["help"]\nthen = ["answer thanks"]\n')
    await world.write("Can you help me with my order?")
    assert await world.answers() == []
    await world.write("HELP")
    assert await world.answers() == ["Thank you!"]


async def test_a_wait_acts_once_and_again_for_the_next_wait(world: RuleWorld) -> None:
    await world.add_rules(
        '[[rule]]\nname = "slow"\nwhen = ["no answer for 30 minutes"]\n'
        'then = ["label late", "note No one has answered"]\n'
    )
    await world.write("Hello?")
    await world.pass_minutes(29)
    assert await world.notes() == []
    await world.pass_minutes(40)
    assert await world.notes() == ["No one has answered"]
    await world.write("Still there?")
    await world.pass_minutes(40)
    assert len(await world.notes()) == 1
    await world.store.intents.queue_message(make_outgoing(account=RULE_ACCOUNT))
    await world.write("One more question")
    await world.pass_minutes(40)
    assert len(await world.notes()) == 2


async def test_a_wait_counts_business_time_and_only_since_the_rule_is_on(
    world: RuleWorld,
) -> None:
    await world.receive("Before the rule", TOM)
    world.clock.advance(MINUTE / 1_000)
    await world.add_rules(
        '[[rule]]\nname = "slow"\nwhen = ["no answer for 30 minutes"]\nthen = ["star"]\n'
        '[rule.hours]\nweek = "mon-fri 9-17"\nzone = "UTC"\n'
    )
    await world.write("Hello?")  # 08:01
    await world.pass_minutes(88)
    assert not (await get_conversation(world.store)).starred
    await world.pass_minutes(3)  # 09:32
    assert (await get_conversation(world.store)).starred
    assert not (await get_conversation(world.store, TOM)).starred


async def test_members_of_a_team_take_turns_and_keep_their_customers(world: RuleWorld) -> None:
    await world.store.team.save_team("sales", ["ana", "bo", "cy"])
    await world.add_rules(
        '[[rule]]\nname = "turns"\nwhen = ["arrives"]\nthen = ["assign next of @sales"]\n'
    )
    parties = [f"+6149157000{n}" for n in range(1, 5)]
    for party in (*parties, parties[0]):
        await world.write("Hello", party)
    rows = [await get_conversation(world.store, party) for party in parties]
    assert [row.assignee for row in rows] == ["ana", "bo", "cy", "ana"]


async def test_a_member_who_is_away_is_passed_over_unless_all_are(world: RuleWorld) -> None:
    team, later = world.store.team, world.clock.now() + HOUR
    await team.save_team("sales", ["ana", "bo", "cy"])
    await world.add_rules(
        '[[rule]]\nname = "turns"\nwhen = ["arrives"]\nthen = ["assign next of @sales"]\n'
    )
    parties = [f"+6149157000{n}" for n in range(1, 7)]
    await team.set_away("bo", later)
    for party in parties[:3]:
        await world.write("Hello", party)
    for name in ("ana", "cy"):
        await team.set_away(name, later)
    for party in parties[3:]:
        await world.write("Hello", party)
    rows = [await get_conversation(world.store, party) for party in parties]
    assert [row.assignee for row in rows] == ["ana", "cy", "ana", "bo", "cy", "ana"]


async def test_a_team_without_members_and_a_hook_are_reported(world: RuleWorld) -> None:
    await world.store.team.save_team("empty", [])
    await world.add_rules(
        '[[rule]]\nname = "x"\nwhen = ["arrives"]\n'
        'then = ["assign next of @empty", "hook ticket", "label seen"]\n'
    )
    await world.write("Hello")
    assert (await get_conversation(world.store)).labels == ("seen",)
    notes = await world.notes()
    assert notes[0] == "No agent was assigned, as the team @empty has no members"
    assert notes[1] == "The hook ticket was not run: the settings have none"


@pytest.mark.parametrize("action", ["assign @gone", "assign next of @gone", "notify @gone"])
async def test_a_team_that_was_deleted_gets_nothing(world: RuleWorld, action: str) -> None:
    await world.add_rules(f'[[rule]]\nname = "x"\nwhen = ["arrives"]\nthen = ["{action}"]\n')
    await world.write("Hello")
    assert (await get_conversation(world.store)).assignee == ""
    assert 'there is no team "gone"' in (await world.notes())[0]
    assert 'there is no team "gone"' in (await world.store.rules.list_records(0))[0].problem


async def test_the_event_of_a_hook_names_its_own_rule(store: Store, clock: ManualClock) -> None:
    helpers = make_helpers(clock, hooks={"ticket": ("true",)})
    world = RuleWorld(store, clock, helpers)
    await world.add_rules(
        '[[rule]]\nname = "first"\nwhen = ["arrives"]\nthen = ["star"]\n'
        '[[rule]]\nname = "second"\nwhen = ["arrives"]\nthen = ["hook ticket"]\n'
    )
    await world.write("Hello")
    found = [one for one in await store.journal.list_entries(0) if one.kind is JournalKind.HOOK]
    assert [(one.agent, one.detail["rule"]) for one in found] == [("rule second", "second")]


async def test_agents_are_notified_of_the_text(world: RuleWorld) -> None:
    await world.add_rules('[[rule]]\nname = "x"\nwhen = ["words fire"]\nthen = ["notify mia"]\n')
    await world.store.team.add_agent("mia")
    await world.write("There is a FIRE!")
    text = next(m for m in await world.messages() if m.direction is Direction.IN)
    assert await world.store.messages.has_mention(text.id, "mia")
    assert not await world.store.messages.has_mention(text.id, "bo")


async def test_rules_keep_their_order_and_state_when_they_are_changed(world: RuleWorld) -> None:
    rules = world.store.rules
    await world.add_rules(THANKS + THANKS.replace('"thanks"', '"b"', 1))
    changed = read_rules(THANKS.replace('"thanks"', '"renamed"', 1), world.clock)[0]
    await rules.save_rule(changed, "ana", replaces="thanks")
    found = await rules.list_rules()
    assert [(r.name, r.enabled) for r in found] == [
        ("renamed", True),
        ("b", True),
        ("help", False),
        ("stop", False),
    ]
    with pytest.raises(StoreError, match="Another rule"):
        await rules.save_rule(changed, "ana", replaces="b")
    await rules.delete_rule("renamed", "ana")
    await rules.restore_rule(found[0], 0, "ana")
    assert await rules.list_rules() == found
    await rules.switch_rule("help", "ana", on=True)
    assert [r.name for r in await rules.list_rules()] == ["renamed", "b", "help", "stop"]


async def test_no_rule_takes_the_place_of_another_by_its_name(world: RuleWorld) -> None:
    rules = world.store.rules
    (rule,) = read_rules(THANKS, world.clock)
    await rules.add_rule(rule, "ana")
    found = await rules.list_rules()
    for name in ("thanks", "help"):
        with pytest.raises(StoreError, match=f'Another rule is named "{name}"'):
            await rules.add_rule(replace(rule, name=name, then=rule.then[:1]), "ana")
    with pytest.raises(StoreError, match='Another rule is named "help"'):
        await rules.save_rule(replace(rule, name="help"), "ana", replaces="thanks")
    assert await rules.list_rules() == found
    await rules.delete_rule("thanks", "ana")
    await rules.add_rule(rule, "bo")
    with pytest.raises(StoreError, match="Another rule"):
        await rules.restore_rule(found[0], 0, "ana")


async def test_a_merged_wait_does_not_act_twice(world: RuleWorld) -> None:
    await world.add_rules(
        '[[rule]]\nname = "slow"\nwhen = ["no answer for 5 minutes"]\nthen = ["note Slow"]\n'
    )
    await world.write("Hello?", TOM)
    await world.write("Hello?")
    await world.pass_minutes(6)
    kept, gone = await get_conversation(world.store, MIA), await get_conversation(world.store, TOM)
    await world.store.merges.merge_conversations(kept.id, gone.id, "ana")
    await world.pass_minutes(6)
    assert await world.notes() == ["Slow", "Slow"]


async def test_a_possible_opt_out_gets_no_answer_until_an_agent_has_decided(
    world: RuleWorld,
) -> None:
    await world.add_rules(THANKS)
    await world.write("Please stop texting me")
    world.clock.advance(HOUR / 1_000)
    await world.write("Did you see that?")
    row = await get_conversation(world.store)
    assert row.suspected
    assert await world.answers() == []
    trail = await world.store.triage.get_audit_trail(row.id)
    assert "may have opted out" in " ".join(entry.detail for entry in trail)
    await world.store.consent.dismiss_possible_opt_outs(row.id, "ana")
    world.clock.advance(HOUR / 1_000)
    await world.write("So, when do you open?")
    assert await world.answers() == ["Thank you!"]


async def test_a_wait_is_not_judged_again_after_the_deletion_of_its_rule_is_undone(
    world: RuleWorld,
) -> None:
    await world.add_rules(
        '[[rule]]\nname = "slow"\nwhen = ["no answer for 5 minutes"]\nthen = ["note Slow"]\n'
    )
    await world.write("Hello?")
    await world.pass_minutes(6)
    rule = (await world.store.rules.list_rules())[0]
    await world.store.rules.delete_rule("slow", "ana")
    await world.store.rules.restore_rule(rule, 0, "ana")
    await world.pass_minutes(3)
    assert await world.notes() == ["Slow"]
    assert (await world.store.rules.list_records(0))[0].matched == 1


async def test_a_long_wait_is_not_judged_again_when_a_deletion_is_undone_later(
    world: RuleWorld,
) -> None:
    await world.add_rules(
        '[[rule]]\nname = "slow"\nwhen = ["no answer for 5 minutes"]\nthen = ["note Slow"]\n'
    )
    await world.add_rules(THANKS)
    await world.write("Hello?")
    await world.pass_minutes(6)
    rule = (await world.store.rules.list_rules())[0]
    world.clock.advance(10 * DAY / 1_000)
    await world.store.rules.delete_rule("slow", "ana")
    world.clock.advance(2 * HOUR / 1_000)
    await world.write("Hi", TOM)  # what is old is deleted once an hour
    await world.store.rules.restore_rule(rule, 0, "ana")
    await world.pass_minutes(3)
    assert await world.notes() == ["Slow"]
