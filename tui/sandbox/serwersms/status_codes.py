"""Define statuses, reasons and number blocks (SerwerSMS API, delivery reports; error codes)."""

from tui.sandbox.handset import Behaviour, DeliveryStep, Stage

IN_PROGRESS, SENT, DELIVERED, UNDELIVERED = "in_progress", "sent", "delivered", "undelivered"
UNSENT, SAVED, DELETED = "unsent", "saved", "deleted"

STATUSES = {
    Stage.ACCEPTED: IN_PROGRESS,
    Stage.SCHEDULED: SAVED,
    Stage.ENROUTE: IN_PROGRESS,
    Stage.SUBMITTED: SENT,
    Stage.DELIVERED: DELIVERED,
    Stage.FAILED: UNDELIVERED,
    Stage.REJECTED: UNSENT,
    Stage.EXPIRED: UNDELIVERED,
    Stage.CANCELLED: DELETED,
}

STATUS_OF_FILTER = {
    DELIVERED: DELIVERED,
    UNDELIVERED: UNDELIVERED,
    "pending": SENT,
    SENT: SENT,
    UNSENT: UNSENT,
    IN_PROGRESS: IN_PROGRESS,
    SAVED: SAVED,
}
"""The status that each filter value of `reports` selects."""

CODE_PREFIX = "+48690000"
ERROR_PREFIX = "4869111"

REASONS = {
    1: (Stage.EXPIRED, "message_expired"),
    2: (Stage.FAILED, "unsupported_number"),
    3: (Stage.FAILED, "message_rejected"),
    4: (Stage.FAILED, "missed_call"),
    5: (Stage.FAILED, "wrong_number"),
    6: (Stage.REJECTED, "limit_exhausted"),
    7: (Stage.REJECTED, "lock_send"),
    8: (Stage.REJECTED, "wrong_message"),
    9: (Stage.FAILED, "operator_error"),
    10: (Stage.REJECTED, "wrong_sender_name"),
    11: (Stage.REJECTED, "number_is_blacklisted"),
    12: (Stage.REJECTED, "sending_to_foreign_networks_is_locked"),
    13: (Stage.REJECTED, "no_permission_to_send_messages"),
    14: (Stage.FAILED, "other_error"),
}
"""By the last three digits of a number in the block for codes."""

USUAL_REASONS = {
    Stage.FAILED: "operator_error",
    Stage.REJECTED: "message_rejected",
    Stage.EXPIRED: "message_expired",
}
BLACKLISTED = "number_is_blacklisted"


def to_reason(step: DeliveryStep) -> str | None:
    """Return the `reason` of a report about a step."""
    if step.behaviour is Behaviour.BLOCKED:
        return BLACKLISTED
    if step.code is not None:
        return REASONS[step.code][1]
    return USUAL_REASONS.get(step.stage)
