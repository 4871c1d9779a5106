"""Pushes to the desk: in order, repeated, counted."""

import httpx

from tui.clock import ManualClock
from tui.sandbox.agenda import Agenda
from tui.sandbox.ledger import PushCounts
from tui.sandbox.push import Pusher, PushRequest


class Listener:
    """A desk that answers with the given statuses, and with 200 from then on."""

    def __init__(self, *statuses: int) -> None:
        """Start with nothing heard."""
        self.statuses = list(statuses)
        self.heard: list[str] = []
        self.clock = ManualClock()
        self.count = PushCounts()
        self.agenda = Agenda()
        transport = httpx.MockTransport(self.answer)
        self.pusher = Pusher(self.count, self.agenda, self.clock.now, transport)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer one push; status 0 is a broken connection."""
        self.heard.append(request.content.decode())
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 0:
            raise httpx.ConnectError("refused", request=request)
        return httpx.Response(status)

    async def pass_time(self, seconds: float) -> None:
        """Let time pass and pushes go out."""
        self.clock.advance(seconds)
        self.agenda.run_due(self.clock.now())
        await self.pusher.send_ready()


def push(body: str, *pauses: float) -> PushRequest:
    """A push of that text."""
    return PushRequest("http://desk/hooks/a/b", body.encode(), pauses=pauses)


async def test_pushes_go_out_in_order_and_are_counted() -> None:
    desk = Listener()
    for body in ("one", "two", "three"):
        desk.pusher.add(push(body))
    assert (desk.count.delivered, desk.count.pending) == (0, 3)
    await desk.pass_time(0)
    assert desk.heard == ["one", "two", "three"]
    assert (desk.count.delivered, desk.count.pending) == (3, 0)
    await desk.pusher.close()


async def test_a_push_is_repeated_after_each_pause_until_answered() -> None:
    desk = Listener(500, 0, 200)
    desk.pusher.add(push("one", 2.0, 4.0, 8.0))
    await desk.pass_time(0)
    await desk.pass_time(1.9)
    assert desk.heard == ["one"]
    await desk.pass_time(0.1)
    assert desk.heard == ["one", "one"]
    assert desk.count.pending == 1
    await desk.pass_time(4.0)
    assert desk.heard == ["one", "one", "one"]
    assert (desk.count.delivered, desk.count.pending) == (1, 0)
    await desk.pass_time(100)
    assert len(desk.heard) == 3


async def test_after_the_last_pause_a_push_is_given_up() -> None:
    desk = Listener(404, 404, 404)
    desk.pusher.add(push("one", 1.0))
    await desk.pass_time(0)
    await desk.pass_time(1)
    await desk.pass_time(1)
    assert len(desk.heard) == 2
    assert (desk.count.delivered, desk.count.pending, desk.count.abandoned) == (0, 0, 1)


async def test_a_bad_address_counts_as_not_answered() -> None:
    desk = Listener()
    desk.pusher.add(PushRequest("http://desk:port"))
    await desk.pass_time(0)
    assert (desk.heard, desk.count.abandoned) == ([], 1)


async def test_whoever_pushes_is_told_of_the_delivery_once() -> None:
    desk, told = Listener(500), list[str]()
    desk.pusher.add(
        PushRequest("http://desk", pauses=(1.0,), on_delivered=lambda: told.append("yes"))
    )
    await desk.pass_time(0)
    assert told == []
    await desk.pass_time(1)
    assert told == ["yes"]
