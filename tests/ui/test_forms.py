"""Test that every form saves with Enter, keeps what is typed, and looks like the others."""

from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.content import Content
from textual.widgets import Input, Static, TextArea

from tests.ui.desk import BOTH_SIZES, WIDE, Desk
from tests.ui.test_help import DIALOGS, open_dialog
from tests.ui.test_setup import FakeSetup
from tui.domain.account import Health
from tui.domain.templates import CannedReply
from tui.screens.accounts import IndentedText, wrap_indented
from tui.screens.base import FormScreen
from tui.screens.questions import PromptScreen

Size = tuple[int, int]
FORMS = ["canned reply", "own field", "contact", "pictures", "set-up"]
WITH_FIELDS = [name for name in DIALOGS if name not in ("prefix", "quit")]


@BOTH_SIZES
async def test_enter_saves_a_canned_reply_from_both_fields(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.press("g", "t", "a")
        await desk.type("bye")
        await desk.press("tab")
        await desk.type("Goodbye")
        await desk.press("alt+enter")
        await desk.type("and thanks")
        await desk.press("enter")
        await desk.shows("Saved bye")
        assert await desk.store.templates.list_by_name() == [
            CannedReply("bye", "Goodbye\nand thanks")
        ]
        await desk.press("enter")
        await desk.shows("Canned reply")
        await desk.press("end", *"2", "enter")
        await desk.shows("Saved bye2")


@BOTH_SIZES
async def test_enter_saves_an_own_field_from_both_fields(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.press("g", "t", "v", "a")
        await desk.type("shop")
        await desk.press("enter")
        await desk.shows("Not saved: ")
        assert desk.app.focused is desk.app.screen.query_one("#field-value", Input)
        await desk.type("12 Smith St")
        await desk.press("enter")
        await desk.shows("Saved {shop}")
        await desk.press("enter", "tab", "tab")
        await desk.press("home", *"x", "enter")
        await desk.shows("Saved {xshop}")
        assert await desk.store.templates.get_fields() == {"xshop": "12 Smith St"}


@BOTH_SIZES
@pytest.mark.parametrize(
    ("name", "body", "field"), [("", "Text", "template-name"), ("name", "", "template-body")]
)
async def test_an_incomplete_canned_reply_shows_what_is_missing(
    desk: Desk, size: Size, name: str, body: str, field: str
) -> None:
    async with desk.open(size):
        await desk.press("g", "t", "a")
        await desk.type(name)
        await desk.press("tab")
        await desk.type(body)
        await desk.press("enter")
        await desk.shows("Not saved: ")
        assert desk.app.focused is not None
        assert (desk.app.focused.id or "") == field


@BOTH_SIZES
@pytest.mark.parametrize("form", FORMS)
async def test_esc_does_not_discard_what_is_typed_at_once(
    desk: Desk, size: Size, form: str
) -> None:
    async with desk.open(size, account_setup=FakeSetup().account_setup):
        screen = await open_dialog(desk, form)
        assert isinstance(screen, FormScreen)
        await desk.type("abc")
        await desk.press("escape")
        await desk.shows(screen.UNSAVED_HINT)
        # In the set-up Enter first tests, and a line of the form says so.
        assert ("Enter saves" in screen.UNSAVED_HINT) == (form != "set-up")
        await desk.type("d")
        await desk.hides("Not saved yet")
        assert desk.app.screen is screen
        await desk.press("escape", "escape")
        assert desk.app.screen is not screen


@pytest.mark.parametrize("form", FORMS)
async def test_esc_closes_a_form_that_was_not_changed(desk: Desk, form: str) -> None:
    async with desk.open(WIDE, account_setup=FakeSetup().account_setup):
        screen = await open_dialog(desk, form)
        await desk.press("end", "a", "backspace", "escape")
        assert desk.app.screen is not screen


@pytest.mark.parametrize("form", FORMS)
async def test_every_field_of_a_form_has_a_label_above_it(desk: Desk, form: str) -> None:
    async with desk.open(WIDE, account_setup=FakeSetup().account_setup):
        screen = await open_dialog(desk, form)
        fields = [w for w in screen.query("*") if isinstance(w, Input | TextArea) and w.display]
        labels = {label.region.y: label for label in screen.query(".label") if label.display}
        assert fields
        for field in fields:
            label = labels[field.region.y - 1]
            assert isinstance(label, Static) and label.region.x == field.region.x


async def test_all_fields_look_the_same(desk: Desk) -> None:
    looks = set()
    async with desk.open(WIDE, account_setup=FakeSetup().account_setup):
        for dialog in WITH_FIELDS:
            screen = await open_dialog(desk, dialog)
            for field in screen.query(Input):
                styles = field.styles
                if field.display:
                    looks.add(
                        (
                            field.region.height,
                            field.has_focus,
                            str(styles.border),
                            str(styles.background),
                            str(styles.padding),
                        )
                    )
            while len(desk.app.screen_stack) > 1:
                await desk.press("escape")
            await desk.press("escape")
    assert len(looks) == 2, looks  # one with the focus, one without
    assert {height for height, *_ in looks} == {1}


@BOTH_SIZES
@pytest.mark.parametrize("kind", ["missing", "folder", "binary", "wrong"])
async def test_an_import_that_fails_says_why_and_what_helps(
    desk: Desk, size: Size, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "replies.toml"
    reasons = {
        "missing": "No such file",
        "folder": "Is a directory",
        "binary": "not UTF-8 text",
        "wrong": "",
    }
    match kind:
        case "folder":
            path.mkdir()
        case "binary":
            path.write_bytes(b"\xff\xfe\x00")
        case "wrong":
            path.write_text("[templates\n", encoding="utf-8")
    async with desk.open(size):
        await desk.press("g", "t", "i")
        await desk.type(str(path))
        await desk.press("enter")
        await desk.shows("Nothing imported: ")
        await desk.work_done()
        prompt = desk.app.screen
        assert isinstance(prompt, PromptScreen)
        said = str(prompt.hint.content)
        assert reasons[kind] in said
        await desk.shows(said.split()[-1])
        assert prompt.hint.size.height <= 3
        assert prompt.field.value == str(path)


@BOTH_SIZES
async def test_long_lines_about_accounts_go_on_below_their_beginning(
    desk: Desk, size: Size
) -> None:
    async with desk.open(size):
        reason = " ".join(f"reason{n:02}" for n in range(40))
        await desk.store.accounts.save_health("pl", Health.RETRYING, line=reason)
        await desk.command("accounts")
        await desk.shows("reason00", "reason20")
        columns = [line.index("reason") for line in desk.lines() if "reason" in line]
        assert len(columns) > 1 and columns[1:] == [columns[0] + 2] * (len(columns) - 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain words here", ["plain", "words", "here"]),
        ("  two words", ["  two", "    words"]),
        ("  unbreakable-word", ["  unbreakable-word"]),
        ("", [""]),
        ("  → fix it", ["  → fix", "    it"]),
    ],
)
def test_a_line_goes_on_two_cells_further_in(text: str, expected: list[str]) -> None:
    lines = wrap_indented(Content(text), 9).plain.split("\n")
    assert [line.rstrip() for line in lines] == expected


async def test_indented_text_is_wrapped_as_soon_as_it_has_a_width() -> None:
    class Page(App[None]):
        def compose(self) -> ComposeResult:
            yield IndentedText()

        def on_mount(self) -> None:
            self.query_one(IndentedText).show_page(Content("  listens at home since noon"))

    async with Page().run_test(size=(20, 5)) as pilot:
        await pilot.pause()
        text = pilot.app.query_one(IndentedText)
        assert str(text.content).split("\n")[1] == "    since noon"
        await pilot.resize_terminal(40, 5)
        await pilot.pause()
        assert "\n" not in str(text.content)
