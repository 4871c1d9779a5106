"""Feed the outbox of an account with texts to many people, at a pace, while it is served.

Only few of them wait in the outbox at once, and none are added while a text of an agent is due,
so that a reply is never behind thousands of others.
"""

from dataclasses import replace

from tui.clock import SECOND, Clock
from tui.desk.bulk_plan import find_obstacle
from tui.desk.queue_attempts import build_message
from tui.desk.routes import Route
from tui.desk.send_attempt import RefusedError, SendAttempt
from tui.domain.account import Account
from tui.domain.bulk_text import MINUTE_MS, count_allowed, get_burst
from tui.domain.local_time import HourRange
from tui.domain.record_type import record
from tui.store.bulk_feed import Decision, RecipientFacts
from tui.store.store import Store

WROTE_SINCE = "wrote since, and waits for an answer"
SAME_PERSON = "got it under another number"
_SHORTEST_PAUSE = 0.05
"""Seconds between two looks while an account is busy."""
_LONGEST_PAUSE = 60.0
"""Seconds until the times of recipients are looked at again, as the clock can be set."""


@record
class _SenderPreferences:
    """The settings of the process that serves, with the agent who wrote the text."""

    agent: str
    accounts: tuple[Account, ...]
    quiet_hours: HourRange | None
    opt_out_sentence: str


class BulkFeeder:
    """Queue the messages of bulk texts for the accounts that this process serves."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        accounts: tuple[Account, ...],
        quiet_hours: HourRange | None,
        opt_out_sentence: str = "",
    ) -> None:
        """Create the feeder of one process.

        Args:
            store: Store shared by all agents.
            clock: Source of the current time.
            accounts: All accounts, with their capabilities.
            quiet_hours: Hours in which customers are not texted; None for none.
            opt_out_sentence: Sentence that is added once to each conversation; empty for none.
        """
        self._store = store
        self._clock = clock
        self._accounts = accounts
        self._quiet_hours = quiet_hours
        self._opt_out_sentence = opt_out_sentence
        self._paced_until: dict[str, float] = {}
        """When the pace of an account allows the next text, in seconds of the steady clock."""

    async def run_round(self, account: str) -> float | None:
        """Queue what the pace of an account allows now.

        Args:
            account: Name of the account.

        Returns:
            Seconds until the next round; None to wait until something changes.
        """
        early = self._paced_until.get(account, 0.0) - self._clock.monotonic()
        if early > 0:  # any change of the store wakes this: spare it the look
            return early
        feed = self._store.bulk_feed
        state = await feed.get_feed_state(account)
        now = self._clock.now()
        if state.next_due is None:
            return None
        if state.next_due > now:
            return min(_LONGEST_PAUSE, (state.next_due - now) / SECOND)
        interval, burst = MINUTE_MS / state.pace, get_burst(state.pace)
        pause = max(_SHORTEST_PAUSE, interval / SECOND)
        allowed = count_allowed(now - state.last_queued, interval, burst - state.bulk_texts)
        if state.single_texts:
            allowed = 0
        for _ in range(allowed):
            if await feed.queue_next(account, self._decide) is None:
                break
        if allowed > 0:
            self._paced_until[account] = self._clock.monotonic() + pause
        return min(_LONGEST_PAUSE, pause)

    def _decide(self, facts: RecipientFacts) -> Decision:
        """Decide about a recipient with all checks before sending, at this moment."""
        bulk, recipient = facts.bulk, facts.recipient
        if facts.has_got:
            return Decision(reason=SAME_PERSON)
        account = next((one for one in self._accounts if one.name == recipient.account), None)
        attempt = SendAttempt(
            _SenderPreferences(
                bulk.agent, self._accounts, self._quiet_hours, self._opt_out_sentence
            ),
            facts.conversation.address if facts.conversation else recipient.address,
            recipient.body,
            Route(account, recipient.sender) if account else None,
            facts.now,
            facts.conversation,
            same_text=facts.same_text,
        )
        reason, send_at = find_obstacle(attempt, bulk.night, again=bulk.again)
        if not reason and facts.has_written:
            return Decision(reason=WROTE_SINCE)
        if reason:
            return Decision(reason=reason, send_at=send_at)
        # To the number that was planned, not to another one of a merged conversation.
        try:
            return Decision(build_message(replace(attempt, to=recipient.address)))
        except RefusedError as error:
            return Decision(reason=error.objection.summary or error.objection.reason)
