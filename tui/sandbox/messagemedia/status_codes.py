"""Define statuses and result codes (MessageMedia API, delivery reports)."""

from tui.sandbox.handset import Behaviour, DeliveryStep, Stage

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
