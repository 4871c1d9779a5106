"""The JSON objects of MessageMedia's answers and pushes (MessageMedia API, sections on messages,
replies and delivery reports)."""

from collections.abc import Mapping, Sequence

from tui.sandbox.handset import Step
from tui.sandbox.ledger import Accepted, Attachment
from tui.sandbox.messagemedia.codes import WORDS, code_of_step
from tui.sandbox.messagemedia.submission import Submission
from tui.sandbox.wire import iso

Body = dict[str, object]


def message_body(message_id: str, status: str, sent: Submission) -> Body:
    """A message as submitted, with its id and status; what was never set is absent."""
    body: Body = {
        "callback_url": sent.callback_url,
        "content": sent.content,
        "destination_number": sent.destination_number,
        "delivery_report": sent.delivery_report,
        "format": sent.format,
        "message_expiry_timestamp": None if sent.expiry is None else iso(sent.expiry),
        "metadata": sent.metadata,
        "scheduled": None if sent.scheduled is None else iso(sent.scheduled),
        "source_number": sent.source_number,
        "source_number_type": sent.source_number_type,
        "message_id": message_id,
        "status": status,
    }
    return without_none(body)


def submitted_body(message_id: str, sent: Submission) -> Body:
    """One message in the answer to a send, where the status is `queued` whatever follows."""
    more = {"media": None if sent.media is None else list(sent.media), "subject": sent.subject}
    return {**message_body(message_id, "queued", sent), **without_none(more)}


def report_body(
    report_id: str, message: Accepted, sent: Submission, step: Step, at: int, account: str
) -> Body:
    """A delivery report; the handset, the message's destination, is its source."""
    return without_none(
        {
            "callback_url": sent.callback_url,
            "delivery_report_id": report_id,
            "source_number": sent.destination_number,
            "date_received": iso(at),
            "status": WORDS[step.stage],
            "delay": 0,
            "billing_units": 1,
            "submitted_date": iso(at),
            "original_text": sent.content,
            "message_id": message.id,
            "vendor_account_id": vendor_account(account),
            "error_code": str(code_of_step(step)),
            "metadata": sent.metadata,
        }
    )


def reply_body(reply_id: str, sender: str, own: str | None, text: str, at: int) -> Body:
    """A reply that answers no message that we know."""
    return without_none(
        {
            "reply_id": reply_id,
            "date_received": iso(at),
            "destination_number": own,
            "source_number": sender,
            "content": text,
        }
    )


def matched_fields(message_id: str, sent: Submission) -> Body:
    """What a reply says about the message that it answers."""
    return without_none(
        {
            "metadata": sent.metadata,
            "message_id": message_id,
            "callback_url": sent.callback_url,
        }
    )


def vendor_account(account: str) -> Body:
    """Whose account it is."""
    return {"vendor_id": "MessageMedia", "account_id": account}


def attachment_bodies(attachments: Sequence[Attachment]) -> list[Body]:
    """The files of an MMS reply, in pushes."""
    return [
        {"content_type": a.content_type, "content": a.content, "original_name": a.name}
        for a in attachments
    ]


def without_none(body: Mapping[str, object]) -> Body:
    """The body without its absent fields."""
    return {key: value for key, value in body.items() if value is not None}
