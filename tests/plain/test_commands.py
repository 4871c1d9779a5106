"""The registry in line mode: words find commands, and every command has one function."""

import pytest

from tests.plain.conftest import Typist
from tui.commands import COMMANDS, LINE_COMMANDS, get_line_keys, index_by_id
from tui.plain.commands import HANDLER_MODULES, format_hint, parse_command
from tui.plain.session import LINE_HANDLERS, line_handler


def test_every_command_with_words_has_one_function_and_every_function_a_command() -> None:
    assert HANDLER_MODULES
    assert LINE_HANDLERS.keys() == index_by_id(LINE_COMMANDS).keys()
    assert len(set(LINE_HANDLERS.values())) == len(LINE_COMMANDS)


def test_a_command_cannot_have_two_functions() -> None:
    with pytest.raises(ValueError, match="star has two line handlers"):
        line_handler("star")(LINE_HANDLERS["star"])


def test_ids_are_unique() -> None:
    assert len(index_by_id((*COMMANDS, *LINE_COMMANDS))) == len(set(COMMANDS) | set(LINE_COMMANDS))


@pytest.mark.parametrize("is_open", [False, True])
def test_a_word_has_one_meaning_in_one_place(is_open: bool) -> None:
    words = [
        word
        for command in LINE_COMMANDS
        if command.scope.is_about_conversation is is_open
        for word in command.words
    ]
    assert len(words) == len(set(words))


def test_an_answer_at_the_review_has_one_meaning() -> None:
    answers = [command.review_key for command in COMMANDS if command.review_key]
    assert len(answers) == len(set(answers))
    assert not set(answers) & {"n", "!"}


@pytest.mark.parametrize(
    ("line", "is_open", "command_id", "rest"),
    [
        ("h tomorrow 9", True, "snooze", "tomorrow 9"),
        ("HOLD 2h", True, "snooze", "2h"),
        ("#vip", True, "label", "vip"),
        ("/refund", False, "search", "refund"),
        (". 2", True, "timeline", "2"),
        ("f", False, "show_failed", ""),
        ("f", True, "resolve", ""),
        ("r", False, "reply", ""),
        ("q", True, "quit", ""),
    ],
)
def test_a_line_is_a_command_and_the_answer_to_its_question(
    line: str, is_open: bool, command_id: str, rest: str
) -> None:
    command, found_rest = parse_command(line, is_open=is_open)
    assert command is not None
    assert (command.id, found_rest) == (command_id, rest)


@pytest.mark.parametrize("line", ["", "nonsense", "hh"])
def test_other_lines_are_no_command(line: str) -> None:
    assert parse_command(line, is_open=False)[0] is None


def test_a_review_answer_comes_before_the_word() -> None:
    keys = get_line_keys()
    assert (keys["schedule"], keys["star"], keys["undo"]) == ("s", "s", "z")


def test_the_hints_name_the_words() -> None:
    assert format_hint(is_open=False).startswith("n next waiting · v other lists · / search")
    assert format_hint(is_open=True).startswith("r reply · t canned · e close · h snooze")


async def test_the_help_names_every_command_with_its_words_and_what_it_does(mia: Typist) -> None:
    await mia.type("?")
    for command in LINE_COMMANDS:
        words = ", ".join(command.words)
        assert mia.has_shown(f"{words}: {command.title}. {command.description}.")


async def test_the_help_says_where_a_word_with_two_meanings_has_which(mia: Typist) -> None:
    await mia.type("?")
    assert mia.has_shown("f, failed: Resolve. Say whether it was sent. (In an open conversation.)")
    assert mia.has_shown("(In the list.)")


async def test_quit_with_more_behind_it_is_not_meant(mia: Typist) -> None:
    await mia.type("q is for Quentin")
    await mia.shows("Type q alone to quit.")
