"""Handlers of all commands: one short function for each id in the registry."""

from tui.handlers import (
    compose,
    conversation,
    conversations,
    customer,
    failed,
    general,
    messages,
    picking,
    triage,
)
from tui.handlers.common import Handler

HANDLERS: dict[str, Handler] = {
    **conversations.HANDLERS,
    **conversations.SELECTION_HANDLERS,
    **conversation.HANDLERS,
    **picking.HANDLERS,
    **triage.HANDLERS,
    **failed.HANDLERS,
    **customer.HANDLERS,
    **messages.FILE_HANDLERS,
    **customer.CONTACT_HANDLERS,
    **messages.PING_HANDLERS,
    **messages.HANDLERS,
    **compose.TAKE_OVER_HANDLERS,
    **compose.HANDLERS,
    **compose.DRAFT_HANDLERS,
    **general.HANDLERS,
    **general.THEME_HANDLERS,
    **general.STATISTICS_HANDLERS,
    **general.SETUP_HANDLERS,
}
"""Handlers by command id; a test compares the ids with the registry."""
