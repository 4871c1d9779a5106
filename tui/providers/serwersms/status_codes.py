"""Map SerwerSMS's statuses and codes to statuses, and to reasons for an agent."""

from tui.domain.status import Status

STATUSES: dict[str, Status | None] = {
    "saved": Status.SCHEDULED,
    "in_progress": Status.ACCEPTED,
    "sent": Status.SUBMITTED,
    "pending": Status.SUBMITTED,
    "delivered": Status.DELIVERED,
    "undelivered": Status.FAILED,
    "unsent": Status.REJECTED,
    "delivrd": Status.DELIVERED,
    "acceptd": Status.SUBMITTED,
    "expired": Status.EXPIRED,
    "deleted": Status.FAILED,
    "undeliv": Status.FAILED,
    "err": Status.FAILED,
    "rejectd": Status.REJECTED,
    "unknown": None,
}
"""Provider statuses in lower case: of polled reports first, then of pushed ones."""

REASON_EXPIRED = "message_expired"
REASON_BLACKLISTED = "number_is_blacklisted"

REASON_MEANINGS: dict[str, str] = {
    REASON_EXPIRED: "The phone was off or out of reach until the message expired",
    "unsupported_number": "SerwerSMS cannot send to this kind of number",
    "message_rejected": "The operator rejected the message",
    "missed_call": "The call was not answered",
    "wrong_number": "The number does not exist or is wrong",
    "limit_exhausted": "The account's limit for this kind of message is used up",
    "lock_send": "Sending is blocked on the account",
    "wrong_message": "The message text is not acceptable",
    "operator_error": "The operator had an error",
    "wrong_sender_name": "The sender name is not approved or not acceptable",
    REASON_BLACKLISTED: "The number is on the account's blacklist",
    "sending_to_foreign_networks_is_locked": "The account may not send to foreign networks",
    "no_permission_to_send_messages": "The account has no permission to send messages",
    "other_error": "SerwerSMS reports an error without naming it",
}
"""Meaning of the `reason` of a report (SerwerSMS HTTPS API v2, delivery reports)."""

CODE_MEANINGS: dict[int, str] = {
    1000: "SerwerSMS does not know this action",
    1001: "Wrong login, password or token",
    1002: "The user has no right to use the API",
    1003: "The account does not allow calls from this machine's address",
    1004: "SerwerSMS does not know this id",
    1005: "The user has no permission for this action",
    1006: "SerwerSMS finds the data in a wrong format",
    1007: "The account is not fully active",
    1008: "The user may not see phone numbers",
    2000: "A required field is missing",
    2001: "The phone number is wrong",
    2002: "SerwerSMS does not know this error code",
    3000: "The limit for ECO+ messages is used up",
    3001: "The account may not send ECO+ messages",
    3002: "The limit for FULL messages is used up",
    3003: "The account may not send FULL messages",
    3004: "The limit for MMS is used up",
    3005: "The account may not send MMS",
    3006: "The limit for voice messages is used up",
    3007: "The account may not send voice messages",
    3008: "The account may not send flash messages",
    3009: "The account may not send messages",
    3100: "Sending is blocked on the account",
    3101: "The message is empty",
    3102: "The message is too long",
    3106: "This sender name cannot be used",
    4312: "SerwerSMS refused to add the account",
    4407: "SerwerSMS refused to add the sender name",
}
"""Meaning of each documented code (SerwerSMS HTTPS API v2, errors)."""

FAMILY_MEANINGS: dict[int, str] = {
    40: "SerwerSMS refused the file",
    41: "SerwerSMS refused the phone number",
    42: "SerwerSMS refused it for a reason of its premium service",
    44: "SerwerSMS refused the sender name",
    45: "SerwerSMS refused it for a reason of its subaccounts",
    46: "The number is on the account's blacklist",
}
"""Meaning of codes documented only as a range, by their hundreds."""

LIMIT_LABELS: dict[str, str] = {
    "eco": "ECO+",
    "full": "FULL",
    "voice": "voice",
    "mms": "MMS",
    "lookup": "look-ups",
    "hlr": "HLR",
}
"""Labels of the message types that `account/limits` counts."""

LIMIT_VALUES: dict[str, str] = {"no_limit": "no limit", "not_available": "not available"}
"""Labels of the values that are not a number."""


def map_status(provider_status: str, reason: str = "") -> Status | None:
    """Map a report's provider status to a status; None if it is undocumented.

    Args:
        provider_status: Provider status, in any case.
        reason: The report's `reason`; empty if it has none.
    """
    status = STATUSES.get(provider_status.strip().lower())
    return Status.EXPIRED if status is Status.FAILED and reason == REASON_EXPIRED else status


def describe_code(code: int) -> str:
    """Describe an error code for an agent; empty if it is not documented.

    Args:
        code: SerwerSMS's error code.
    """
    return CODE_MEANINGS.get(code) or FAMILY_MEANINGS.get(code // 100, "")
