"""Hands batches to MessageMedia, which takes all messages of a request or none of them.

So a refused batch may be repeated without those at fault: nothing was sent the first time. A
batch whose answer never came, or cannot be read, is never repeated.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tui.clock import Clock
from tui.domain.status import Status
from tui.providers.errors import (
    MessageInvalid,
    NotPossible,
    ProviderError,
    Unavailable,
    Uncertain,
    Unreadable,
)
from tui.providers.http import Answer, Http
from tui.providers.messagemedia.compose import as_json, fault_of
from tui.providers.messagemedia.parse import PAGE_SIZE, body_of, read_sent
from tui.providers.messagemedia.trouble import faults_in, raise_for_refusal
from tui.providers.protocol import Accepted, Outcome, Outgoing, Refused

Batch = Mapping[int, Outgoing]
"""Messages by their place in what the caller handed over."""

_NOT_YET = "Not sent: MessageMedia refused the batch because of other messages; try again"
_NO_ID = "MessageMedia took the batch without an id for this message: it may have been sent"


class Sending:
    """Sends for one account."""

    def __init__(self, http: Http, clock: Clock, validity: int) -> None:
        """`validity` in ms is how long a message may wait for delivery; 0: the provider's own."""
        self._http = http
        self._clock = clock
        self._validity = validity

    async def send(self, messages: Sequence[Outgoing]) -> list[Outcome]:
        """One outcome per message, in order; raises when the answer holds for all of them."""
        if len(messages) > PAGE_SIZE:
            raise NotPossible(f"MessageMedia takes at most {PAGE_SIZE} messages at once")
        outcomes = _refused_here(messages)
        rest = {place: m for place, m in enumerate(messages) if place not in outcomes}
        try:
            outcomes |= await self._hand_over(rest)
        except ProviderError as error:
            if not outcomes:
                raise
            outcomes |= dict.fromkeys(rest, Refused(error))
        return [outcomes[place] for place in range(len(messages))]

    async def _hand_over(self, batch: Batch) -> dict[int, Outcome]:
        """Post the batch; where the provider blames some, post the others once more.

        Where it names none, each goes alone, so that one cannot hold up the rest.
        """
        outcomes = await self._post(batch)
        rest = {place: m for place, m in batch.items() if place not in outcomes}
        groups = [rest] if outcomes else [{place: m} for place, m in rest.items()]
        for group in groups:
            try:
                outcomes |= await self._post(group)
            except ProviderError as error:
                outcomes |= dict.fromkeys(group, Refused(error))
                break
        return {place: outcomes.get(place, Refused(Unavailable(_NOT_YET))) for place in batch}

    async def _post(self, batch: Batch) -> dict[int, Outcome]:
        """One request: the outcomes of those that its answer speaks of."""
        if not batch:
            return {}
        now = self._clock.now()
        body = [as_json(m, now=now, validity=self._validity) for m in batch.values()]
        answer = await self._http.request(
            "POST", "/v1/messages", json_body={"messages": body}, effect=True
        )
        try:
            raise_for_refusal(answer, effect=True)
        except MessageInvalid as refusal:
            return _blamed(batch, answer, refusal)
        return _taken(batch, answer, now)


def _refused_here(messages: Sequence[Outgoing]) -> dict[int, Outcome]:
    """Those that MessageMedia is known to refuse."""
    faults = {place: fault_of(message) for place, message in enumerate(messages)}
    return {place: _refused(place, fault) for place, fault in faults.items() if fault}


def _blamed(batch: Batch, answer: Answer, refusal: MessageInvalid) -> dict[int, Outcome]:
    """Those that a refusal blames; a message that was alone is meant in any case."""
    places = list(batch)
    faults = faults_in(answer, [message.to for message in batch.values()])
    if not faults and len(places) == 1:
        faults = {0: refusal}
    return {places[n]: _refused(places[n], fault) for n, fault in faults.items()}


def _refused(place: int, fault: MessageInvalid) -> Refused:
    """The outcome of a message at fault, its place told."""
    fault.index = place
    return Refused(fault)


def _taken(batch: Batch, answer: Answer, now: int) -> dict[int, Outcome]:
    """The outcomes in a 2xx answer. What it does not tell is `Uncertain`: it may be on its way."""
    try:
        accepted = read_sent(body_of(answer), [m.reference for m in batch.values()])
    except Unreadable as error:
        raise Uncertain(
            "MessageMedia's answer cannot be read: the messages may have been sent",
            code=error.code,
            detail=error.detail,
        ) from None
    return {
        place: _waiting(taken, message, now) if taken else Refused(Uncertain(_NO_ID))
        for (place, message), taken in zip(batch.items(), accepted, strict=True)
    }


def _waiting(accepted: Accepted, message: Outgoing, now: int) -> Accepted:
    """The acceptance; the provider says "queued" also of a message that waits for its time."""
    waits = message.scheduled_at is not None and message.scheduled_at > now
    if waits and accepted.status is Status.ACCEPTED:
        return replace(accepted, status=Status.SCHEDULED)
    return accepted
