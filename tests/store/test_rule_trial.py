"""A dry run says what then happens: the same texts once judged as stored, once as they arrive."""

import asyncio
import random
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contexts import make_context
from tests.store.builders import MIA, TOM, make_outgoing
from tests.store.rule_worlds import RULE_ACCOUNT, RuleWorld, make_helpers, read_rules
from tui.clock import MINUTE, Clock, ManualClock
from tui.desk.rule_trial import try_rules
from tui.domain.action_list import Action, ActionKind
from tui.domain.business_hours import parse_desk_hours
from tui.domain.person import Person
from tui.domain.phone import parse_address
from tui.domain.templates import CannedReply, CustomField
from tui.startup.wiring import create_consent_judge
from tui.store.store import Store

STEP = 10 * MINUTE / 1_000
WEEK = "mon-fri 9-12, 13-17"
HOURS = f'[hours]\nweek = "{WEEK}"\nzone = "UTC"\n'
RULES = (
    ("night", '"outside hours"', '"answer thanks", "label night"'),
    ("first", '"first contact"', '"label new", "answer thanks"'),
    ("bills", '"words bill, invoice"', '"label billing", "assign mia"'),
    ("billed", '"label billing", "arrives"', '"answer out", "unlabel billing"'),
    ("quick", '"all words order, late"', '"close"'),
    ("help", '"help"', '"answer thanks"'),
    ("stop", '"opt-out"', '"answer stop", "label left"'),
    ("slow", '"no answer for 30 minutes"', '"label late", "answer thanks"'),
    ("slower", '"no answer for 60 minutes", "label billing"', '"star", "note Late"'),
)
TEXTS = (
    *("Where is my order?", "My bill is wrong", "order is late", "HELP", "STOP", "START"),
    *("Auto-reply: I am away", "Thank you!", "Hello there", "Please stop texting me"),
)
AGENT_STEPS = ("@answer", "@close", "@no opt-out")
PARTIES = (MIA, TOM, "12345")
Step = tuple[int, int, str]
STEPS = st.lists(
    st.tuples(st.integers(1, 9), st.integers(0, 2), st.sampled_from((*TEXTS, *AGENT_STEPS))),
    min_size=1,
    max_size=12,
)


def format_toml(places: Sequence[int], *, own_hours: bool) -> str:
    """Return some of the rules as a file; without hours of their own those of the desk hold."""
    tables = [
        f'[[rule]]\nname = "{name}"\nwhen = [{when}]\nthen = [{then}]\n'
        for name, when, then in (RULES[place] for place in places)
    ]
    return (HOURS if own_hours else "") + "".join(tables)


async def live_through(world: RuleWorld, steps: Sequence[Step]) -> None:
    """Let customers and agents write, and apply the rules every ten minutes."""
    for pause, place, text in steps:
        for _ in range(pause - 1):
            world.clock.advance(STEP)
            await world.apply()
        world.clock.advance(STEP)  # what is written now comes before what is due now
        party = PARTIES[place]
        found = await world.store.conversations.find_by_address(parse_address(party))
        if text == "@answer":
            if found is not None and not found.opted_out and party != "12345":
                new = make_outgoing("On it", party, account=RULE_ACCOUNT)
                await world.store.intents.queue_message(new)
        elif text == "@no opt-out":
            if found is not None and found.suspected:
                await world.store.consent.dismiss_possible_opt_outs(found.id, "ana")
        elif text == "@close":
            if found is not None:
                await world.store.triage.close_conversations([found.id], "ana")
        else:
            await world.receive(text, party)
        await world.apply()
    for _ in range(12):
        await world.apply()
        world.clock.advance(STEP)


async def compare(
    folder: Path, places: Sequence[int], steps: Sequence[Step], *, own_hours: bool
) -> None:
    """Compare a dry run with what the same rules did when they were on."""
    found = []
    for is_on in (True, False):
        clock = ManualClock()
        judge = create_consent_judge({})
        path = folder / f"{is_on}.db"
        store = Store(path, clock=clock, rng=random.Random(1), owner="a", classify=judge)
        async with store:
            world = RuleWorld(store, clock, make_helpers(clock, confirm_opt_outs=True))
            await world.store.team.add_agent("mia")
            toml = format_toml(places, own_hours=own_hours)
            if not own_hours:
                await store.answer_targets.save_hours(parse_desk_hours(f"{WEEK};; UTC"), "ana")
            await world.add_rules(toml, on=is_on)
            await live_through(world, steps)
            rows = [await store.conversations.find_by_address(parse_address(p)) for p in PARTIES]
            shown = [row for row in rows if row is not None]
            if is_on:
                records = await store.rules.list_records(0)
                found.append(
                    (
                        Counter({r.rule.name: r.matched for r in records if r.matched}),
                        {row.party: await world.answers(row.party) for row in shown},
                        {row.party: set(row.labels) for row in shown},
                    )
                )
                continue
            preferences = make_context(clock, confirm_opt_outs=True).preferences
            tried = read_rules(toml, clock)
            result = await try_rules(store, preferences, tried, clock.now(), days=3)
            answers: dict[str, list[str]] = {row.party: [] for row in shown}
            labels: dict[str, set[str]] = {row.party: set() for row in shown}
            for hit in result.hits:
                answers[hit.conversation.party] += [hit.answer] if hit.answer else []
                for action in hit.actions:
                    kind, _, value = action.partition(" ")
                    if kind == "label":
                        labels[hit.conversation.party].add(value)
                    elif kind == "unlabel":
                        labels[hit.conversation.party].discard(value)
            found.append((Counter(hit.rule for hit in result.hits), answers, labels))
            assert await store.rules.count_waiting() == 0
    assert found[1] == found[0]


@settings(max_examples=25)
@given(
    st.lists(st.integers(0, len(RULES) - 1), unique=True, min_size=1, max_size=6),
    STEPS,
    st.booleans(),
)
def test_a_dry_run_equals_what_then_happens(
    places: list[int], steps: list[Step], own_hours: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(compare(Path(folder), places, steps, own_hours=own_hours))


async def test_a_dry_run_fills_the_own_fields_of_a_contact(store: Store, clock: Clock) -> None:
    world, preferences = RuleWorld(store, clock), make_context(clock).preferences
    await store.templates.save_field(CustomField("shop", "Kiosk"), "ana")
    person = Person(0, "Mia", "", (MIA,), {"price": "9 AUD", "shop": "Harbour"})
    await store.contacts.save_person(person, "ana")
    both = CannedReply("both", "{shop}: {price}")
    await store.templates.save_template(both, "ana")
    await world.add_rules(
        '[[rule]]\nname = "x"\nwhen = ["arrives"]\nthen = ["answer both"]\n', on=False
    )
    await world.receive("How much?")
    await world.receive("How much?", TOM)
    tried = [rule for rule in await store.rules.list_rules() if rule.id]
    result = await try_rules(store, preferences, tried, world.clock.now())
    assert [hit.answer for hit in result.hits] == ["Harbour: 9 AUD", ""]
    assert "price" in result.hits[1].not_answered
    await store.rules.switch_rule("x", "ana", on=True)
    world.clock.advance(60)
    await world.write("And now?")
    assert await world.answers() == ["Harbour: 9 AUD"]


async def test_a_rule_stored_with_two_answers_sends_the_first_as_its_dry_run_says(
    store: Store, clock: Clock
) -> None:
    world, preferences = RuleWorld(store, clock), make_context(clock).preferences
    await world.add_rules(
        '[[rule]]\nname = "x"\nwhen = ["arrives"]\nthen = ["answer thanks"]\n', on=False
    )
    rule = await store.rules.find_rule("x")
    assert rule is not None
    twice = replace(rule, then=(*rule.then, Action(ActionKind.ANSWER, "nothing")))
    await store.rules.save_rule(twice, "ana")
    await store.rules.switch_rule("x", "ana", on=True)
    await world.write("Hello")
    result = await try_rules(store, preferences, [twice], world.clock.now())
    assert [hit.answer for hit in result.hits] == await world.answers() == ["Thank you!"]
    (record, *_) = await store.rules.list_records(0)
    assert (record.matched, record.answered, record.problem) == (1, 1, "")
