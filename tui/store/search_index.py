"""Keep the search index: add texts and remove them.

The index contains terms and no texts. To remove a text, the same terms must be named again, so
both go through `to_index_text`.
"""

from collections.abc import Iterable

from tui.store.connections import Connection
from tui.store.queries import queries


def index_texts(connection: Connection, texts: Iterable[tuple[int, str]]) -> None:
    """Add texts to the search index.

    Args:
        connection: Connection of the caller's transaction.
        texts: Pairs of message id and text.
    """
    # Imported late: the patterns of the tokeniser are not needed before the first text.
    from tui.domain.tokens import to_index_text

    queries("messages").index_text(
        connection, [{"id": identity, "body": to_index_text(text)} for identity, text in texts]
    )


def forget_text(connection: Connection, message_id: int, text: str) -> None:
    """Remove a text from the search index.

    Args:
        connection: Connection of the caller's transaction.
        message_id: Id of the message.
        text: The same text as was added.
    """
    from tui.domain.tokens import to_index_text

    queries("notes").forget_text(connection, id=message_id, body=to_index_text(text))
