"""Build the JSON objects of MessageMedia's answers and pushes, with their statuses and codes.

See the sections on messages, replies and delivery reports of the MessageMedia API.
"""

from collections.abc import Mapping, Sequence

from tui.sandbox.handset import Behaviour, DeliveryStep, Stage
from tui.sandbox.ledger import AcceptedMessage, MmsFile
from tui.sandbox.messagemedia.submission import SubmittedMessage
from tui.sandbox.wire import format_iso

STATUSES = {
    Stage.ACCEPTED: "queued",
    Stage.SCHEDULED: "scheduled",
    Stage.ENROUTE: "enroute",
    Stage.SUBMITTED: "submitted",
    Stage.DELIVERED: "delivered",
    Stage.FAILED: "failed",
    Stage.REJECTED: "rejected",
    Stage.EXPIRED: "expired",
    Stage.CANCELLED: "cancelled",
}

USUAL_CODES = {
    Stage.ENROUTE: 101,
    Stage.SUBMITTED: 200,
    Stage.DELIVERED: 220,
    Stage.FAILED: 400,
    Stage.REJECTED: 402,
    Stage.EXPIRED: 401,
}
"""The code of a report, unless the handset's number selects another one."""

BLOCKED_CODE = 302
EXPIRED_UNSENT_CODE = 320

CODES_OF_STAGE = {
    Stage.ENROUTE: (101, 102, 151),
    Stage.SUBMITTED: (200, 210, 211, 212, 213),
    Stage.DELIVERED: (220, 221),
    Stage.EXPIRED: (320, 401),
    Stage.REJECTED: (301, 302, 303, 304, 305, 402, 403, 410, 411, 412, 413, 414),
    Stage.FAILED: (330, 331, 332, 333, 400, 405),
}

STAGE_OF_CODE = {code: stage for stage, codes in CODES_OF_STAGE.items() for code in codes}


def to_error_code(step: DeliveryStep) -> int:
    """Return the `error_code` of the report about a step."""
    if step.behaviour is Behaviour.BLOCKED:
        return BLOCKED_CODE
    return step.code or USUAL_CODES[step.stage]


Body = dict[str, object]


def build_message(message_id: str, status: str, sent: SubmittedMessage) -> Body:
    """Return a message as submitted, with id and status; fields that were never set are absent.

    Args:
        message_id: Id of the message.
        status: Status of the message.
        sent: Message as it was submitted.
    """
    body: Body = {
        "callback_url": sent.callback_url,
        "content": sent.content,
        "destination_number": sent.destination_number,
        "delivery_report": sent.delivery_report,
        "format": sent.format,
        "message_expiry_timestamp": None if sent.expiry is None else format_iso(sent.expiry),
        "metadata": sent.metadata,
        "scheduled": None if sent.scheduled is None else format_iso(sent.scheduled),
        "source_number": sent.source_number,
        "source_number_type": sent.source_number_type,
        "message_id": message_id,
        "status": status,
    }
    return drop_none(body)


def build_submitted(message_id: str, sent: SubmittedMessage) -> Body:
    """Return one message of the answer to a send, always with the status `queued`.

    Args:
        message_id: Id of the message.
        sent: Message as it was submitted.
    """
    extra_fields = {
        "media": None if sent.media is None else list(sent.media),
        "subject": sent.subject,
    }
    return {**build_message(message_id, "queued", sent), **drop_none(extra_fields)}


def build_report(
    report_id: str,
    message: AcceptedMessage,
    sent: SubmittedMessage,
    step: DeliveryStep,
    at: int,
    account: str,
) -> Body:
    """Return a delivery report; its source is the handset, the message's destination.

    Args:
        report_id: Id of the report.
        message: Entry of the ledger.
        sent: Message as it was submitted.
        step: Delivery step to report.
        at: Time of the step in milliseconds UTC.
        account: Account that sent the message.
    """
    return drop_none(
        {
            "callback_url": sent.callback_url,
            "delivery_report_id": report_id,
            "source_number": sent.destination_number,
            "date_received": format_iso(at),
            "status": STATUSES[step.stage],
            "delay": 0,
            "billing_units": 1,
            "submitted_date": format_iso(at),
            "original_text": sent.content,
            "message_id": message.id,
            "vendor_account_id": build_vendor_account(account),
            "error_code": str(to_error_code(step)),
            "metadata": sent.metadata,
        }
    )


def build_reply(reply_id: str, sender: str, own_number: str | None, text: str, at: int) -> Body:
    """Return a reply that answers no known message.

    Args:
        reply_id: Id of the reply.
        sender: Number that the reply comes from.
        own_number: Number that it was sent to, if known.
        text: Text of the reply.
        at: Time in milliseconds UTC.
    """
    return drop_none(
        {
            "reply_id": reply_id,
            "date_received": format_iso(at),
            "destination_number": own_number,
            "source_number": sender,
            "content": text,
        }
    )


def build_matched_fields(message_id: str, sent: SubmittedMessage) -> Body:
    """Return the fields of a reply that describe the message it answers.

    Args:
        message_id: Id of the answered message.
        sent: Answered message as it was submitted.
    """
    return drop_none(
        {
            "metadata": sent.metadata,
            "message_id": message_id,
            "callback_url": sent.callback_url,
        }
    )


def build_vendor_account(account: str) -> Body:
    """Return the object that names the account."""
    return {"vendor_id": "MessageMedia", "account_id": account}


def build_attachments(attachments: Sequence[MmsFile]) -> list[Body]:
    """Return the files of an MMS reply, as pushes contain them."""
    return [
        {
            "content_type": attachment.content_type,
            "content": attachment.content,
            "original_name": attachment.name,
        }
        for attachment in attachments
    ]


def drop_none(body: Mapping[str, object]) -> Body:
    """Return the body without its absent fields."""
    return {key: value for key, value in body.items() if value is not None}
