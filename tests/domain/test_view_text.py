"""Test that a view and its line of words are the same, and that mistakes are named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.conversation import Order, State, View
from tui.domain.view_text import InvalidViewError, format_view, has_filter_words, parse_view

NAMES = st.one_of(
    st.sampled_from(["mia", "me", "none", "@sales", "state:open", 'a "b"', "c\\d", "é ü", "is"]),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=8),
)
VALUES = st.one_of(st.just(""), NAMES.filter(lambda name: name[0] not in "#@"))
KINDS = st.fixed_dictionaries(
    {"unread": st.booleans(), "failed": st.booleans(), "starred": st.booleans()}
)


@st.composite
def views(draw: st.DrawFn) -> View:
    """Return a view of any combination that has a meaning."""
    kinds = draw(KINDS)
    state = draw(st.one_of(st.none(), st.sampled_from(State)))
    only = any(kinds.values()) and state is not None and draw(st.booleans())
    if any(kinds.values()) and not only:
        state = State.OPEN
    assignee, team = draw(st.one_of(st.none(), st.just(""), NAMES)), draw(VALUES)
    return View(
        state=state,
        only_state=only,
        assignee=None if team else assignee,
        team=team,
        label=draw(VALUES),
        account=draw(VALUES),
        own=draw(VALUES),
        text=draw(st.one_of(st.just(""), NAMES, st.just("ana  nov"))),
        order=draw(st.sampled_from(Order)),
        unread=kinds["unread"],
        failed=kinds["failed"],
        starred=kinds["starred"],
    )


@given(view=views())
def test_a_view_is_read_from_what_it_is_written_as(view: View) -> None:
    assert parse_view(format_view(view, "mia"), "mia") == view


@given(typed=st.text(max_size=30))
def test_whatever_is_typed_is_a_view_or_named_as_a_mistake(typed: str) -> None:
    try:
        view = parse_view(typed, "mia")
    except InvalidViewError as problem:
        assert str(problem)
    else:
        assert parse_view(format_view(view, "mia"), "mia") == view


@pytest.mark.parametrize(
    ("typed", "view"),
    [
        ("", View()),
        ("state:open", View()),
        ("account:au label:#vip", View(account="au", label="vip")),
        ("is:unread", View(unread=True)),
        ("is:unread state:open", View(unread=True, only_state=True)),
        ("IS:Failed Is:Starred", View(failed=True, starred=True)),
        ("assigned:me", View(assignee="mia")),
        ("is:mine", View(assignee="mia")),
        ("assigned:none", View(assignee="")),
        ("assigned:@sales", View(assignee="@sales")),
        ('assigned:"me"', View(assignee="me")),
        ("team:@sales state:all", View(state=None, team="sales")),
        ("ana nov own:+61491570156", View(text="ana nov", own="+61491570156")),
        ('label:"very late" "is:it"', View(label="very late", text="is:it")),
        ("is:draft", View(drafts_of="mia")),
        ("is:mentioned ana", View(mentions_of="mia", text="ana")),
    ],
)
def test_the_words_of_a_filter(typed: str, view: View) -> None:
    assert parse_view(typed, "mia") == view


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("acount:au", 'There is no filter "acount:" · did you mean "account:"?'),
        ("lable:vip", 'did you mean "label:"?'),
        ("state:opne", 'There is no filter "state:opne" · did you mean "state:open"?'),
        ("is:unred", 'did you mean "is:unread"?'),
        (
            "order:oldest",
            'There is no filter "order:oldest" · there is order:waiting order:newest order:due',
        ),
        ("label:", "label: has no value"),
        ("label:a label:b", "label is there twice"),
        ("is:unread is:unread", "is:unread is there twice"),
        ("is:mine assigned:bo", "assigned is there twice"),
        ("team:a assigned:bo", "exclude each other"),
        ("is:draft label:vip", "take only words"),
        ("https://a.example", 'There is no filter "https:"'),
    ],
)
def test_a_mistake_is_named_with_what_was_meant(typed: str, named: str) -> None:
    with pytest.raises(InvalidViewError) as raised:
        parse_view(typed, "mia")
    assert named in str(raised.value)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("label:vip", True),
        ("ana IS:unread", True),
        ("ana nowak", False),
        ("+48 601", False),
        ("lable:vip", False),
        ("https://a.example", False),
        ('"label:vip"', False),
    ],
)
def test_words_of_a_filter_are_found_beside_names(typed: str, expected: bool) -> None:
    assert has_filter_words(typed) is expected
