"""What an agent decides about consent: each decision is stored, said, and can be undone."""

from collections.abc import Callable

from tui.desk.undo import Undoing
from tui.domain.conversation import Conversation
from tui.domain.message import Message
from tui.store.store import Store

Undoable = Callable[[str, Undoing], str]
"""Remembers how to go back, and returns the words with the key that does."""


class ConsentActions:
    """Every method returns the words that tell the agent what was done."""

    def __init__(self, store: Store, agent: str, undoable: Undoable) -> None:
        """Decisions of one agent."""
        self._consent = store.consent
        self._agent = agent
        self._undoable = undoable

    async def opt_out(
        self, conversation: Conversation, evidence: str, text: Message | None = None
    ) -> str:
        """Nobody texts this customer any more; `text` is the message that asks for it."""
        consent, agent = self._consent, self._agent
        await consent.decide(
            conversation.id,
            agent,
            opted_out=True,
            evidence=evidence,
            message_id=text.id if text else None,
        )

        async def undo() -> str:
            await consent.decide(
                conversation.id, agent, opted_out=False, evidence="opt-out taken back"
            )
            if text is not None:
                await consent.suspect_again(text.id, agent)
            return "Undone: texts can be sent again"

        return self._undoable("Opted out: nothing can be sent any more", undo)

    async def opt_in(self, conversation: Conversation, reason: str) -> str:
        """The customer wants texts again; the reason is kept."""
        consent, agent = self._consent, self._agent
        before = await consent.of(conversation.party)
        await consent.decide(conversation.id, agent, opted_out=False, evidence=reason)

        async def undo() -> str:
            if before is not None:
                await consent.lock_again(conversation.id, agent, before)
            return "Undone: nothing can be sent any more"

        return self._undoable("In again: texts can be sent", undo)

    async def no_opt_out(self, conversation: Conversation, text: Message) -> str:
        """The suspected text asks for something else."""
        await self._consent.dismiss(conversation.id, self._agent)

        async def undo() -> str:
            await self._consent.suspect_again(text.id, self._agent)
            return "Undone: the question is open again"

        return self._undoable("Noted: not an opt-out", undo)
