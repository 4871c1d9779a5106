"""Fill the fields of a text for one customer: built-in ones, the contact's own, the team's."""

from tui.desk.context import AppContext
from tui.desk.routes import Route
from tui.domain.conversation import Conversation
from tui.domain.templates import FillContext, collect_values, fill_fields, find_open_fields
from tui.store.store import Store


async def load_field_values(
    store: Store, context: AppContext, conversation: Conversation, route: Route | None
) -> dict[str, str]:
    """Return the value of each field for a reply; a field of the contact wins over the team's.

    Args:
        store: Store shared by all agents.
        context: Agent, clock and zone.
        conversation: Conversation with the customer.
        route: Account that the reply goes through; None if there is none.
    """
    account = (route.account.title or route.account.name) if route else ""
    now = context.clock.now()
    situation = FillContext(
        conversation.name, conversation.address, context.agent, account, now, context.zone
    )
    team = {name.casefold(): value for name, value in (await store.templates.get_fields()).items()}
    own = await store.contact_fields.get_fields(conversation.party)
    return collect_values(situation, {**team, **own})


async def fill_typed_text(
    store: Store, context: AppContext, conversation: Conversation, route: Route | None, text: str
) -> str:
    """Return a typed text with the fields filled that have a value; the others stay open.

    Args:
        store: Store shared by all agents.
        context: Agent, clock and zone.
        conversation: Conversation with the customer.
        route: Account that the reply goes through; None if there is none.
        text: Text as typed.
    """
    if not find_open_fields(text):
        return text
    return fill_fields(text, await load_field_values(store, context, conversation, route))
