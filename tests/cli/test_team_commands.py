"""Test `smsdesk views`, `teams`, `agents`, and `threads` of a view, in the shell."""

from tests.cli.conftest import Desk, read_error_line
from tests.store.builders import MIA, TOM, get_conversation, make_outgoing, make_reply
from tui.domain.agent_level import Level, Team
from tui.store.store import Store


async def test_views_are_saved_and_their_conversations_listed(bare: Desk, store: Store) -> None:
    await store.ingest.store_events("support", [make_reply("Is it ready?", MIA)])
    await store.ingest.store_events("support", [make_reply("done", TOM)])
    tom = await get_conversation(store, TOM)
    await store.triage.set_label([tom.id], "bo", "vip", True)
    (saved,) = bare.read_objects("views", "save", "vip", "--filter", "label:vip", "--json")
    assert saved == {
        "name": "vip",
        "key": "1",
        "filter": "label:vip",
        "private": False,
        "unread": 1,
        "answer_within": None,
        "hours": None,
    }
    numbers = [thread["number"] for thread in bare.read_objects("threads", "--view", "vip")]
    assert numbers == [TOM]
    numbers = [thread["number"] for thread in bare.read_objects("threads", "--filter", "is:unread")]
    assert sorted(numbers) == sorted([MIA, TOM])
    listed = bare.run("views", "list").stdout
    assert listed.split() == ["1", "vip", "1", "label:vip"]
    renamed = bare.run("views", "rename", "vip", "best")
    assert renamed.stdout == "Renamed view vip to best\n"
    mistaken = bare.run("threads", "--view", "bset")
    assert mistaken.returncode == 2
    assert 'There is no view "bset": did you mean best?' in read_error_line(mistaken)
    wrong = bare.run("views", "save", "x", "--filter", "lable:vip")
    assert wrong.returncode == 2 and 'did you mean "label:"?' in read_error_line(wrong)
    short = bare.run("views", "rename", "best")
    assert short.returncode == 2 and "smsdesk views rename NAME NEW" in read_error_line(short)


async def test_a_filter_with_unknown_names_lists_nothing_and_says_which(
    bare: Desk, store: Store
) -> None:
    await store.team.save_team("sales", ["bo"])
    await store.ingest.store_events("support", [make_reply("Is it ready?", MIA)])
    for typed, hint in {
        "team:salse": 'There is no team "@salse": did you mean @sales?',
        "label:vip": 'There is no label "vip"',
        "account:suport": 'There is no account "suport"',
        "assigned:ob": 'There is no agent "ob"',
    }.items():
        ran = bare.run("threads", "--filter", typed)
        assert (ran.returncode, ran.stdout) == (0, "")
        assert hint in read_error_line(ran)
    for typed in ("team:sales", "assigned:bo", "account:support"):
        ran = bare.run("threads", "--filter", typed)
        assert "There is no" not in ran.stderr


async def test_teams_and_agents_are_changed_until_a_lead_is_named(bare: Desk, store: Store) -> None:
    await store.team.add_agent("bo")
    assert bare.run("teams", "save", "sales", "bo").stdout == "Created team @sales: bo\n"
    away = bare.run("agents", "set", "bo", "--away", "in 2 days", "--level", "lead")
    assert "bo is away until" in away.stdout and "bo is a lead now" in away.stdout
    (found,) = [one for one in bare.read_objects("agents", "list") if one["name"] == "bo"]
    assert (found["level"], found["teams"]) == ("lead", ["sales"])
    assert found["away_until"] is not None
    refused = bare.run("teams", "remove", "sales")
    assert refused.returncode == 1
    assert "Only leads change teams: nothing was changed" in read_error_line(refused)
    assert await store.team.list_teams() == [Team("sales", ("bo",))]
    assert await store.team.get_level("bo") is Level.LEAD
    unknown = bare.run("agents", "set", "bob", "--away", "mon")
    assert unknown.returncode == 2 and "did you mean bo?" in read_error_line(unknown)


async def test_times_for_an_answer_are_set_and_kept_ones_counted(bare: Desk, store: Store) -> None:
    bare.run("views", "save", "all", "--filter", "state:open")
    assert bare.run("views", "within", "all", "30m").stdout == "all: answered within 30m\n"
    hours = bare.run("views", "hours", "mon-fri 9-17; ; Europe/Warsaw").stdout
    assert hours == "The desk is open mon-fri 9-17 (Europe/Warsaw)\n"
    assert bare.read_objects("views", "hours", "--json") == [
        {"hours": "mon-fri 9-17; ; Europe/Warsaw"}
    ]
    bare.run("views", "hours", "always")
    (listed,) = bare.read_objects("views", "list", "--json")
    assert (listed["answer_within"], listed["hours"]) == (30, None)
    wrong = bare.run("views", "within", "all", "never")
    assert wrong.returncode == 2 and "with its own hours, or off" in read_error_line(wrong)
    await store.ingest.store_events("support", [make_reply("Is it ready?", MIA)])
    await store.answer_targets.judge_conversations(await store.answer_targets.list_targets())
    await store.intents.queue_message(make_outgoing())
    (figures,) = bare.read_objects("statistics", "--days", "3000", "--json")
    assert [(one["group"], one["answers"]) for one in figures["by_view"]] == [("all", 1)]
    assert "By view" in bare.run("statistics", "--days", "3000").stdout
