"""Say what the rules need that is not in the store: checks before sending, teams, hooks, a log."""

from collections.abc import Callable, Collection, Mapping, Sequence

from tui.domain.conversation import Conversation
from tui.domain.message import NewMessage
from tui.domain.record_type import record
from tui.domain.rules import Rule
from tui.store.connections import Connection


@record
class AnswerRequest:
    """An automatic answer that a rule wants to send."""

    rule: Rule
    body: str
    """Text of the canned reply, with its fields."""
    fields: Mapping[str, str]
    """Values of the team's and the contact's own fields."""
    conversation: Conversation
    """The conversation, with account and own number of the text."""
    now: int
    """Time of the answer (ms UTC)."""
    confirms: int | None = None
    """The opt-out text whose receipt is confirmed; None for any other text."""


PrepareAnswer = Callable[[AnswerRequest], NewMessage | str]
"""Return the message to queue, or why it cannot be sent."""
ListMembers = Callable[[Connection, str], Sequence[str]]
"""Return the members of a team in their order; none if there is no such team."""
ReportError = Callable[[str, Exception], None]
"""Report an unexpected error about a text or a wait, with words for it."""


def _list_no_members(connection: Connection, team: str) -> Sequence[str]:
    """Return no member: there are no teams."""
    return ()


@record
class RuleHelpers:
    """What the rules need that is not in the store."""

    prepare_answer: PrepareAnswer
    can_confirm_opt_outs: bool = False
    """Whether a rule may confirm an opt-out with one text."""
    list_members: ListMembers = _list_no_members
    hooks: Collection[str] = ()
    """Names of the hooks in the settings."""
    report_error: ReportError = lambda what, error: None
