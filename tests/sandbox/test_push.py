"""Test pushes: in order, repeated, counted."""

import httpx

from tui.clock import ManualClock
from tui.sandbox.agenda import Agenda
from tui.sandbox.ledger import PushCounts
from tui.sandbox.push import Pusher, PushRequest


class Listener:
    """Answer pushes with the given statuses, then with 200."""

    def __init__(self, *statuses: int) -> None:
        """Create a listener that has received nothing."""
        self.statuses = list(statuses)
        self.received: list[str] = []
        self.clock = ManualClock()
        self.count = PushCounts()
        self.agenda = Agenda()
        transport = httpx.MockTransport(self.handle)
        self.pusher = Pusher(self.count, self.agenda, self.clock.now, transport)

    def handle(self, request: httpx.Request) -> httpx.Response:
        """Answer one push; status 0 is a broken connection."""
        self.received.append(request.content.decode())
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 0:
            raise httpx.ConnectError("refused", request=request)
        return httpx.Response(status)

    async def pass_time(self, seconds: float) -> None:
        """Let time pass and due pushes be sent."""
        self.clock.advance(seconds)
        self.agenda.run_due(self.clock.now())
        await self.pusher.send_ready()


def make_push(body: str, *pauses: float) -> PushRequest:
    """Return a push of that text."""
    return PushRequest("http://desk/hooks/a/b", body.encode(), pauses=pauses)


async def test_pushes_are_sent_in_order_and_counted() -> None:
    desk = Listener()
    for body in ("one", "two", "three"):
        desk.pusher.add(make_push(body))
    assert (desk.count.delivered, desk.count.pending) == (0, 3)
    await desk.pass_time(0)
    assert desk.received == ["one", "two", "three"]
    assert (desk.count.delivered, desk.count.pending) == (3, 0)
    await desk.pusher.close()


async def test_a_push_is_repeated_after_each_pause_until_answered() -> None:
    desk = Listener(500, 0, 200)
    desk.pusher.add(make_push("one", 2.0, 4.0, 8.0))
    await desk.pass_time(0)
    await desk.pass_time(1.9)
    assert desk.received == ["one"]
    await desk.pass_time(0.1)
    assert desk.received == ["one", "one"]
    assert desk.count.pending == 1
    await desk.pass_time(4.0)
    assert desk.received == ["one", "one", "one"]
    assert (desk.count.delivered, desk.count.pending) == (1, 0)
    await desk.pass_time(100)
    assert len(desk.received) == 3


async def test_a_push_is_abandoned_after_the_last_pause() -> None:
    desk = Listener(404, 404, 404)
    desk.pusher.add(make_push("one", 1.0))
    await desk.pass_time(0)
    await desk.pass_time(1)
    await desk.pass_time(1)
    assert len(desk.received) == 2
    assert (desk.count.delivered, desk.count.pending, desk.count.abandoned) == (0, 0, 1)


async def test_a_bad_address_counts_as_not_answered() -> None:
    desk = Listener()
    desk.pusher.add(PushRequest("http://desk:port"))
    await desk.pass_time(0)
    assert (desk.received, desk.count.abandoned) == ([], 1)


async def test_a_delivered_push_calls_its_callback_once() -> None:
    desk, calls = Listener(500), list[str]()
    desk.pusher.add(
        PushRequest("http://desk", pauses=(1.0,), on_delivered=lambda: calls.append("yes"))
    )
    await desk.pass_time(0)
    assert calls == []
    await desk.pass_time(1)
    assert calls == ["yes"]
