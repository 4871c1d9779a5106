"""Test work that is done only once: reading stylesheets and painting lines."""

from typing import Any

import pytest
from textual.app import App
from textual.content import Content
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode

from tests.ui.desk import NARROW, WIDE, Desk
from tui.terminal.key_queue import OneKeyAtATime
from tui.terminal.private_api import set_border_subtitle, set_border_title
from tui.terminal.private_styles import FLAGS
from tui.widgets.contact_panel import ContactPanel
from tui.widgets.themes import LIGHT

FULL = (160, 40)
"""Size at which the contact is shown."""


async def test_the_stylesheets_are_read_once_for_the_first_theme(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    original = Stylesheet.reparse

    def reparse(stylesheet: Stylesheet) -> None:
        read.append(desk.app.theme)
        original(stylesheet)

    monkeypatch.setattr(Stylesheet, "reparse", reparse)
    async with desk.open(WIDE, theme="light"):
        assert read == []
        assert desk.inbox.styles.background.hex == LIGHT.background
        desk.app.theme = "smsdesk-high-contrast"
        await desk.until(lambda: bool(read), "the stylesheets to be read for another theme")
        assert desk.inbox.styles.background.hex == "#000000"


async def test_a_new_border_title_repaints_only_the_border(desk: Desk) -> None:
    async with desk.open(WIDE):
        left = desk.inbox.query_one("#left")
        with desk.app.batch_update():
            set_border_title(left, Content("Above [them]"))
            set_border_subtitle(left, Content("Below"))
            height = left.outer_size.height
            assert {(r.y, r.height) for r in left._repaint_regions} == {(0, 1), (height - 1, 1)}
        await desk.shows("Above [them]", "Below")


def list_looks(app: App[Any], stylesheet: Stylesheet) -> dict[DOMNode, dict[str, object]]:
    """Style everything on all screens, and return what came of it."""
    looks: dict[DOMNode, dict[str, object]] = {}
    for screen in app.screen_stack:
        for node in [app, *screen.walk_children(with_self=True)]:
            stylesheet.apply(node)
            looks[node] = {
                "": node.styles.base.get_rules(),
                **{name: getattr(node, name) for name in FLAGS},
                **{
                    name: node.get_component_styles(name).base.get_rules()
                    for name in node._get_component_classes()
                },
            }
    return looks


async def test_everything_looks_as_textual_would_style_it(desk: Desk) -> None:
    async def compare() -> None:
        """Compare with a stylesheet of Textual that has read the same rules."""
        plain = Stylesheet(variables=desk.app.get_css_variables())
        plain.source = desk.app.stylesheet.source.copy()
        plain.parse()
        ours = list_looks(desk.app, desk.app.stylesheet)
        assert list_looks(desk.app, plain) == ours
        assert list_looks(desk.app, desk.app.stylesheet) == ours

    async with desk.open(WIDE):
        for keys in (["tab"], ["r", "a"], ["escape"], ["question_mark"], ["escape"], ["h"]):
            await desk.press(*keys)
            await compare()
        await desk.press("escape", "slash", "a")
        await compare()
        await desk.press("escape")
        desk.app.theme = "smsdesk-light"
        await desk.until(lambda: desk.inbox.styles.background.hex == LIGHT.background)
        await compare()
        desk.app.set_class(True, "-ascii")
        await desk.press("ctrl+p")
        await compare()


async def test_a_style_of_a_component_is_made_when_it_is_read(desk: Desk) -> None:
    async with desk.open(WIDE):
        threads = desk.inbox.threads
        assert "thread--title" in threads._component_styles
        assert len(threads._component_styles) < len(threads._get_component_classes())
        with pytest.raises(KeyError, match="no--such"):
            threads.get_component_styles("no--such")


async def test_no_conversation_is_previewed_while_a_key_may_wait(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    is_waiting = True

    def may_have_key(_: OneKeyAtATime) -> bool:
        asked.append(is_waiting)
        return is_waiting

    async with desk.open(WIDE):
        pane, threads = desk.inbox.pane, desk.inbox.threads
        await desk.until(lambda: pane.conversation == threads.current_row, "the first preview")
        first = pane.conversation
        monkeypatch.setattr(OneKeyAtATime, "may_have_key", property(may_have_key))
        await desk.press("j")
        await desk.until(lambda: len(asked) > 2, "several looks for a key")
        assert pane.conversation == first != threads.current_row
        is_waiting = False
        await desk.until(lambda: pane.conversation == threads.current_row, "the preview")


async def test_a_contact_of_as_many_lines_needs_no_layout(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk.open(FULL):
        panel = desk.inbox.query_one(ContactPanel)
        await desk.shows("First seen")
        await desk.until(lambda: panel.text.size.height > 4, "the contact")
        lines = panel.text.size.height
        with_layout: list[bool] = []

        def note_layout(page: Content, *, layout: bool) -> None:
            with_layout.append(layout)

        monkeypatch.setattr(panel.text, "update", note_layout)
        for count in (lines, lines + 1, lines - 1):
            panel._show_page(Content("\n".join(["line"] * count)))
        assert with_layout == [False, True, True]


async def test_the_page_of_a_hidden_panel_may_be_any_text(desk: Desk) -> None:
    async with desk.open(NARROW):
        panel = desk.inbox.query_one(ContactPanel)
        assert not panel.text.size
        panel._show_page(Content("Antidisestablishmentarianism of Żółć\n+61 491 570 156"))
        await desk.press("j")
        assert desk.inbox.shown_status == ""
