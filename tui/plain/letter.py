"""An answer that is written: said back with what speaks against it, and sent on a word."""

from collections.abc import Awaitable, Callable

from tui import present
from tui.desk.dispatch import NotSentError
from tui.desk.replying import Plan, Route, changes
from tui.desk.ribbon import change_words, enclosed_words, hint_words, length_words, saved_words
from tui.desk.ways import way_detail, way_words, ways
from tui.domain.conversation import Conversation
from tui.domain.message import NOTHING, Enclosed, Format, Message
from tui.domain.replacements import to_gsm
from tui.domain.sms import count
from tui.domain.text import one_line, printable
from tui.plain.canned import fill_blanks
from tui.plain.desk import Desk
from tui.plain.enclosing import pictures
from tui.plain.keys import KEYS
from tui.plain.planning import ask_plan
from tui.plain.reading import catch_up

Choice = tuple[str, Callable[[], Awaitable[None]]]
"""What a letter does, in words and indeed."""
_WORDS = {"yes": "y", "no": "n"}


class Letter:
    """One answer to one customer."""

    def __init__(self, desk: Desk, row: Conversation, text: str) -> None:
        """The desk's sheet has its way and its pictures."""
        self._desk = desk
        self._talk = desk.talk
        self._row = row
        self._text = text
        self._done = False
        self._looks: tuple[Route, str, Enclosed] | None = None
        """What was said last: the way, the text, the pictures."""
        self._heard: list[Message] = []
        """What came in while it was written, and was read aloud."""

    async def offer(self) -> None:
        """Say what would go out, and do what the agent says, until it is sent or kept."""
        self._text = await fill_blanks(self._desk, self._text)
        self._keep()
        while not self._done:
            stopped = await self._say_it()
            choices = self._choices(stopped)
            words = ", ".join(f"{letter} {what}" for letter, (what, _) in choices.items())
            asked = "Change it" if stopped else "Send"
            typed = await self._talk.ask(f"{self._measure()}. {asked}? {words}: ")
            word = typed.strip().lower()
            chosen = choices.get(_WORDS.get(word, word))
            if chosen is None:
                self._talk.say(f"Type one of {' '.join(choices)}.")
            else:
                await chosen[1]()

    def _choices(self, stopped: bool) -> dict[str, Choice]:
        """What can be done, by its letter."""
        desk, can = self._desk, self._route.account.capabilities
        choices: dict[str, Choice] = {}
        if not stopped:
            choices["y"] = ("sends", self._send)
            choices["e"] = ("sends and closes", self._send_and_close)
            choices["s"] = ("sends later", self._later)
        if len(ways(desk.seat.accounts, "")) > 1:
            choices["w"] = ("another way", self._another_way)
        if desk.sheet.enclosed or (can is not None and Format.MMS in can.formats):
            choices["p"] = ("pictures", self._pictures)
        if to_gsm(self._text) is not None:
            choices["g"] = ("plain signs", self._plain_signs)
        choices["n"] = ("keeps it as a draft", self._leave)
        choices["!"] = ("throws it away", self._throw_away)
        return choices

    @property
    def _route(self) -> Route:
        """Which way it goes."""
        assert self._desk.sheet.route is not None
        return self._desk.sheet.route

    # Looking --------------------------------------------------------------------------------

    async def _say_it(self) -> bool:
        """Say what differs from what was said, and what speaks against it; whether it may not go.

        Nobody has to hear the same text twice.
        """
        desk = self._desk
        self._heard += await catch_up(desk)
        looks = (self._route, self._text, desk.sheet.enclosed)
        if looks != self._looks:
            self._looks = looks
            self._say_all()
        return self._object(None)

    def _say_all(self) -> None:
        """Where it goes, the text, and what to know about it."""
        self._talk.say(f"To {present.title(self._row)} through {one_line(self._route.words, 100)}:")
        self._talk.say(printable(self._text))
        hints = hint_words(self._text, self._desk.sheet.enclosed, self._route, "g")
        if hints:
            self._talk.say(f"{one_line(hints, 300)}.")

    def _object(self, plan: Plan | None) -> bool:
        """Say what speaks against sending it, which is said once; whether it may not go at all."""
        words = self._objection(plan)
        if words:
            self._talk.say(f"{words}.")
        return bool(words) and bool(self._objection(plan))

    def _objection(self, plan: Plan | None) -> str:
        """What the desk says against it that was not said yet."""
        sheet = self._desk.sheet
        return sheet.objection(self._row, self._text, self._heard, KEYS, "", plan)

    def _measure(self) -> str:
        """How long it is as SMS."""
        can = self._route.account.capabilities
        whole = can is not None and can.whole_160_parts
        _, *parts = length_words(count(self._text), whole=whole).split(" · ")
        length = len(self._text)
        return ", ".join([f"{length} character{'s' if length != 1 else ''}", *parts])

    # Doing ----------------------------------------------------------------------------------

    async def _send(self, plan: Plan | None = None, *, close: bool = False) -> None:
        """Queue it, unless something came in that the agent has not heard, or it may not go."""
        desk = self._desk
        try:
            sent = await desk.dispatch.reply(self._row, self._text, self._heard, plan)
        except NotSentError as problem:
            self._talk.say(f"{one_line(str(problem), 300)}.")
            self._done = (await desk.refresh()).opted_out
            return
        self._done = True
        desk.sheet.sent(self._row.id, "")
        desk.was_sent(sent)
        if close:
            self._talk.say(f"{await desk.actions.close([self._row])}.")

    async def _send_and_close(self) -> None:
        """Send it, then close the conversation."""
        await self._send(close=True)

    async def _later(self) -> None:
        """Ask when, and queue it for then."""
        plan = await ask_plan(self._desk, self._row, self._route)
        if plan is None:
            return
        if not self._object(plan) and await self._talk.agreed("Send it then?"):
            await self._send(plan)

    async def _another_way(self) -> None:
        """Choose account and sender."""
        routes = ways(self._desk.seat.accounts, "")
        names = [f"{way_words(route)}, {way_detail(route, '')}" for route in routes]
        place = await self._talk.choose("Ways", names)
        if place is not None and routes[place] == self._route:
            self._talk.say("It goes that way already.")
        elif place is not None:
            old, self._desk.sheet.route = self._route, routes[place]
            self._talk.say(f"{changes(old, self._route)}.")
            self._keep()

    async def _pictures(self) -> None:
        """Ask for the addresses of pictures."""
        self._desk.sheet.enclosed = await pictures(self._talk, self._desk.sheet.enclosed)
        self._talk.say(f"{enclosed_words(self._desk.sheet.enclosed) or 'No pictures'}.")
        self._keep()

    async def _plain_signs(self) -> None:
        """Replace the signs that make it longer."""
        replacement = to_gsm(self._text)
        if replacement is not None:
            self._text = replacement.text
            self._keep()
            self._talk.say(f"Replaced {change_words(replacement)}:{saved_words(replacement)}.")

    async def _leave(self) -> None:
        """Not now."""
        self._done = True
        self._talk.say("Not sent: kept as a draft. r goes on with it.")

    async def _throw_away(self) -> None:
        """Never."""
        self._done, self._text = True, ""
        self._desk.sheet.enclosed = NOTHING
        self._keep()
        self._talk.say("Thrown away: nothing was sent.")

    def _keep(self) -> None:
        """Write the draft down."""
        self._desk.sheet.keep(self._row.id, self._text, note=False)
