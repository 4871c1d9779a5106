"""What stands over the composer: a lock, a text to be judged, or a colleague who writes."""

from collections.abc import Mapping

from tui.desk.consent import ConsentStatus, format_opt_out, format_possible_opt_out
from tui.desk.context import AppContext
from tui.domain.conversation import Conversation
from tui.domain.text import one_line
from tui.widgets.notice_line import Tone


def choose_notice(
    conversation: Conversation,
    consent_status: ConsentStatus,
    holder: str,
    context: AppContext,
    keys: Mapping[str, str],
) -> tuple[str, Tone]:
    """Return the most important notice with its tone; empty if nothing prevents a reply.

    Args:
        conversation: Conversation that is open.
        consent_status: Consent of the customer, as far as it is known.
        holder: Colleague who holds the compose lock; empty for none.
        context: Settings and helpers shared by the screens.
        keys: First key of each command.
    """
    if conversation.opted_out:
        return format_opt_out(
            consent_status.decision, context.clock.now(), context.zone, keys
        ), "bad"
    if consent_status.possible_opt_out is not None:
        return format_possible_opt_out(consent_status.possible_opt_out, keys), "doubt"
    if holder:
        return f"{one_line(holder, 20)} is writing here · {keys['take_over']} takes over", "doubt"
    return "", "doubt"
