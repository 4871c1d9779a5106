"""Make the automatic answers of rules: fill the canned reply, and run the checks before sending."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import tzinfo
from typing import Protocol

from tui.desk.queue_attempts import build_message
from tui.desk.routes import choose_default_route
from tui.desk.send_attempt import RefusedError, SendAttempt
from tui.domain.account import Account
from tui.domain.local_time import HourRange
from tui.domain.message import NewMessage
from tui.domain.record_type import record
from tui.domain.templates import FillContext, collect_values, fill_fields
from tui.store.rule_helpers import AnswerRequest, RuleHelpers
from tui.store.team_rows import list_members


class RulePreferences(Protocol):
    """The settings that automatic answers depend on."""

    @property
    def accounts(self) -> tuple[Account, ...]:
        """Return all accounts with their capabilities."""

    @property
    def quiet_hours(self) -> HourRange | None:
        """Return the hours in which customers are not texted; None for no check."""

    @property
    def opt_out_sentence(self) -> str:
        """Return the sentence that is added once to each conversation; empty for none."""

    @property
    def hooks(self) -> Mapping[str, tuple[str, ...]]:
        """Return the commands of the hooks by name."""

    @property
    def confirm_opt_outs(self) -> bool:
        """Return whether a rule may confirm an opt-out with one text."""


@record
class _RuleSender:
    """A rule as the sender of a message."""

    agent: str
    accounts: tuple[Account, ...]
    quiet_hours: HourRange | None
    opt_out_sentence: str


def prepare_answer(
    request: AnswerRequest, preferences: RulePreferences, zone: tzinfo | None = None
) -> NewMessage | str:
    """Return the automatic answer to be queued, or why it cannot be sent.

    No agent is there to be asked, so that of the checks only the refusals count.

    Args:
        request: What the rule wants to send.
        preferences: Settings of the process that applies the rules.
        zone: Zone of dates and times in the text; None for that of the system.
    """
    row, rule = request.conversation, request.rule
    route = choose_default_route(preferences.accounts, row)
    account = (route.account.title or route.account.name) if route else ""
    zone = rule.business_hours.zone or zone
    values = collect_values(
        FillContext(row.name, row.address, "", account, request.now, zone), request.fields
    )
    # What confirms an opt-out says how to opt in again, if anything.
    sentence = preferences.opt_out_sentence if request.confirms is None else ""
    attempt = SendAttempt(
        preferences=_RuleSender(
            rule.author, preferences.accounts, preferences.quiet_hours, sentence
        ),
        to=row.address,
        text=fill_fields(request.body, values),
        route=route,
        now=request.now,
        # The one text that may follow an opt-out confirms it.
        conversation=replace(row, opted_out=row.opted_out and request.confirms is None),
    )
    try:
        message = build_message(attempt)
    except RefusedError as error:
        return error.objection.reason
    return replace(message, rule=rule.name, confirms=request.confirms)


def create_helpers(
    preferences: RulePreferences,
    report_error: Callable[[str, Exception], None],
) -> RuleHelpers:
    """Return what the store needs to apply rules.

    Args:
        preferences: Settings of the process that applies the rules.
        report_error: Reports an unexpected error.
    """
    return RuleHelpers(
        prepare_answer=lambda request: prepare_answer(request, preferences),
        can_confirm_opt_outs=preferences.confirm_opt_outs,
        list_members=list_members,
        hooks=frozenset(preferences.hooks),
        report_error=report_error,
    )
