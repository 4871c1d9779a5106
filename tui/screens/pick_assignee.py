"""Dialog that asks to whom conversations are assigned; an absent colleague needs a second Enter."""

from collections.abc import Collection, Sequence
from typing import ClassVar

from tui.desk.assigning import Assignee
from tui.domain.agent_level import describe_unknown_name
from tui.screens.pick import Choice, Picked, PickScreen


class AssignScreen(PickScreen):
    """Return the assignee, or None if the dialog was cancelled."""

    EMPTY_TEXT: ClassVar[str] = "No agent or team has this name: g w adds one"

    def __init__(
        self,
        title: str,
        assignees: Sequence[Assignee],
        owners: Collection[str],
        *,
        ascii: bool = False,
    ) -> None:
        """Create the dialog.

        Args:
            title: Heading; untrusted text.
            assignees: Everyone who can be chosen.
            owners: Who has the conversations now.
            ascii: Whether to draw with ASCII characters only.
        """
        choices = [Choice(a.value, a.text, a.detail, set(owners) == {a.value}) for a in assignees]
        super().__init__(title, choices, verb="assigns", ascii=ascii)
        self._absences = {assignee.value: assignee.absence for assignee in assignees}
        self._names = [assignee.value for assignee in assignees if assignee.value]
        self._warned = ""

    def get_answer(self) -> Picked | None:
        """Return what is under the cursor; say first that a name is unknown or someone away."""
        picked = super().get_answer()
        if picked is None:
            unknown = describe_unknown_name(self.field.value.strip(), self._names)
            self.show_answer(f"{unknown} · g w adds one")
            return None
        absence = self._absences.get(picked.value, "")
        if absence and self._warned != picked.value:
            self._warned = picked.value
            self.show_answer(f"{absence}: Enter assigns anyway")
            return None
        return picked
