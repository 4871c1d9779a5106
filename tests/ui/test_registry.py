"""Test that keys, palette, help and key bar do what the one command registry says."""

import pkgutil
import re
from pathlib import Path

import pytest

from tests.ui.desk import BOTH_SIZES, NARROW, WIDE, Desk
from tests.ui.history import AGENT, CHLOE
from tui import handlers
from tui.command_types import Scope
from tui.commands import COMMANDS, PREFIX_KEY, index_by_id, remap_keys
from tui.desk.key_hints import Place
from tui.desk.key_names import format_key
from tui.handlers.common import Handler, InboxActions, command_handler
from tui.screens.key_help import format_help, list_sections
from tui.screens.pick import Choices

handlers.load_handlers()

LOCAL = {"send", "send_close", "new_line"}
"""Commands that the composer runs itself, in the order of the keys."""


def test_every_command_has_a_handler_and_every_handler_a_command() -> None:
    assert handlers.HANDLERS.keys() == index_by_id().keys()


def test_the_handler_is_in_the_module_that_the_scope_names() -> None:
    misplaced = {
        command.id: module
        for command in COMMANDS
        if (module := handlers.HANDLERS[command.id].__module__)
        != f"tui.handlers.{command.scope.module}"
    }
    assert misplaced == {}


def test_every_scope_has_a_module_and_every_module_a_scope() -> None:
    found = {module.name for module in pkgutil.iter_modules(handlers.__path__)}
    others = {"assisting", "common", "macro_keys", "resolving", "second_key", "texting_many"}
    assert found - others == {scope.module for scope in Scope}


def test_a_command_cannot_have_two_handlers() -> None:
    with pytest.raises(ValueError, match="star has two handlers"):
        command_handler("star")(handlers.HANDLERS["star"])


def test_ids_are_unique() -> None:
    assert len(index_by_id()) == len(COMMANDS)


def test_no_key_has_two_meanings_in_one_place() -> None:
    for writing in (True, False):
        keys = [key for c in COMMANDS if (c.scope is Scope.COMPOSE) is writing for key in c.keys]
        assert len(keys) == len(set(keys))


def test_the_prefix_key_means_nothing_by_itself() -> None:
    assert PREFIX_KEY not in {key for command in COMMANDS for key in command.keys}


def test_every_command_is_pressed_by_some_test() -> None:
    named = set[str]()
    for path in Path(__file__).parent.glob("test_*.py"):
        for arguments in re.findall(r"^@presses\(([^)]*)\)", path.read_text(), re.MULTILINE):
            named |= set(re.findall(r'"(\w+)"', arguments))
    assert index_by_id().keys() - named == set()


def record_commands(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Replace every command by one that only adds its id to the returned list."""
    reached: list[str] = []

    def make_handler(command_id: str) -> Handler:
        async def record(_: InboxActions) -> None:
            reached.append(command_id)

        return record

    for command in COMMANDS:
        monkeypatch.setitem(handlers.HANDLERS, command.id, make_handler(command.id))
    return reached


async def press_all(desk: Desk, scopes: set[Scope], reached: list[str]) -> None:
    """Press every key of the commands of these scopes, one after the other.

    Args:
        desk: Desk of the agent.
        scopes: Scopes of the commands.
        reached: Ids of the commands that ran.
    """
    for command in COMMANDS:
        for key in command.keys if command.scope in scopes and command.id not in LOCAL else ():
            reached.clear()
            await desk.press(*key.split(" "))
            await desk.until(lambda: bool(reached), f"{key}: {command.id}")
            assert reached == [command.id], key


@BOTH_SIZES
async def test_every_key_reaches_its_command(
    desk: Desk, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk.open(size):
        reached = record_commands(monkeypatch)
        await press_all(desk, set(Scope) - {Scope.COMPOSE}, reached)


@BOTH_SIZES
async def test_every_key_of_the_composer_reaches_its_command(
    desk: Desk, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk.open(size):
        await desk.open_thread(CHLOE)
        await desk.command("reply")
        reached = record_commands(monkeypatch)
        await press_all(desk, {Scope.COMPOSE}, reached)
        await desk.press("ctrl+k")
        await desk.until(lambda: reached[-1:] == ["palette"], "the palette while writing")


async def test_the_palette_has_every_command(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.command("palette")
        await desk.shows("Next conversation")
        rows = desk.app.screen.query_one(Choices).rows
        assert {(c.id, c.title) for c in COMMANDS} == {
            (row.value, row.text.split(" · ")[0]) for row in rows
        }
        for command in COMMANDS:
            (row,) = [row for row in rows if row.value == command.id]
            assert row.detail == "  ".join(format_key(key) for key in command.keys)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("business hours", "views"),
        ("answer within", "views"),
        ("holidays", "views"),
        ("away", "team"),
        ("auto-reply", "rules"),
        ("out of office", "rules"),
        ("broadcast", "bulk_texts"),
        ("address book", "people"),
        ("retention", "forget"),
        ("macro", "macro"),
    ],
)
async def test_the_palette_finds_what_is_inside_a_dialog(
    desk: Desk, typed: str, expected: str
) -> None:
    async with desk.open(WIDE):
        await desk.command("palette")
        await desk.type(typed)
        choices = desk.app.screen.query_one(Choices)
        await desk.until(lambda: bool(choices.rows) and choices.rows[0].value == expected, typed)
        shown = format_help(list_sections(COMMANDS, Place("", ())), typed).plain
        title = next(command.title for command in COMMANDS if command.id == expected)
        assert title in shown


async def test_typed_characters_stand_apart_only_if_no_command_has_the_words(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.command("palette")
        choices = desk.app.screen.query_one(Choices)
        await desk.type("undo")
        await desk.until(lambda: [row.value for row in choices.rows] == ["undo"])
        await desk.press("ctrl+u")
        await desk.type("nxtcnv")
        await desk.until(lambda: [row.value for row in choices.rows] == ["next"])


def test_the_lines_of_the_help_do_not_wrap_in_eighty_columns() -> None:
    lines = format_help(list_sections(COMMANDS, Place("", ()))).plain.split("\n")
    assert [line for line in lines if len(line) > 73] == []


async def test_the_palette_finds_a_command_by_its_title_and_runs_it(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.move_to(CHLOE)
        await desk.command("palette")
        await desk.type("assign to me")
        await desk.shows("Assign to me · ", " A ")
        await desk.press("enter")
        await desk.shows("Assigned Chloe Martin to you")
        assert (await desk.thread(CHLOE)).assignee == AGENT


def test_the_help_shows_every_command_with_all_its_keys() -> None:
    lines = format_help(list_sections(COMMANDS, Place("", ()))).plain.split("\n")
    for command in COMMANDS:
        keys = "  ".join(format_key(key) for key in command.keys)
        expected = f"{keys} {command.title} {command.description}".split()
        assert expected in [line.split() for line in lines]


async def test_the_help_page_fits_into_eighty_columns(desk: Desk) -> None:
    async with desk.open((80, 180)):
        await desk.command("help")
        for command in COMMANDS:
            await desk.shows(command.title, command.description)


async def test_a_remapped_key_works_and_is_shown_everywhere(desk: Desk) -> None:
    async with desk.open(WIDE, keys={"star": ("f9",), "reply": ("f12",)}):
        await desk.shows("F12 Reply")
        await desk.press("f9")
        await desk.shows("Starred Chloe Martin")
        await desk.press("s")
        await desk.press("question_mark")
        await desk.shows("Keys")
        await desk.press("escape")
        sections = list_sections(desk.app_context.commands, Place("", ()))
        assert "\nF9  " in format_help(sections).plain
        assert (await desk.thread(CHLOE)).starred


async def test_a_remapped_key_of_the_composer_works(desk: Desk) -> None:
    async with desk.open(NARROW, keys={"send": ("f12",), "new_line": ("enter",)}):
        await desk.open_thread(CHLOE)
        await desk.command("reply")
        await desk.type("one\ntwo")
        await desk.press("f12")
        await desk.shows("queued")
        assert (await desk.last(CHLOE)).body == "one\ntwo"


async def test_a_remapped_chord_works(desk: Desk) -> None:
    async with desk.open(WIDE, keys={"close": ("g x",)}):
        await desk.move_to(CHLOE)
        await desk.press("g")
        await desk.shows("x Close")
        await desk.press("x")
        await desk.shows("Closed Chloe Martin")


async def test_the_prefix_key_shows_the_keys_that_may_follow(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.press("g")
        await desk.shows("i mine", "u unassigned", "/ Search everything", "g First conversation")


async def test_an_unknown_second_key_does_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk.open(WIDE):
        reached = record_commands(monkeypatch)
        await desk.press("g")
        await desk.shows("i mine")
        await desk.press("z")
        await desk.hides("i mine")
        await desk.press("j")
        await desk.until(lambda: reached == ["next"])


def test_remapping_changes_nothing_else() -> None:
    changed = index_by_id(remap_keys({"close": ("x",)}))
    assert changed["close"].keys == ("x",)
    assert {k: v for k, v in changed.items() if k != "close"} == {
        k: v for k, v in index_by_id().items() if k != "close"
    }
