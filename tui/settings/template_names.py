"""Name the fields of pushes as a customer or an operator has typed them into a template."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from tui.settings.fields import TextTable

STRICT_CONFIG = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
"""Configuration of every table of an account."""


class ReceiptFields(BaseModel):
    """Field names of a receipt, as written in the operator's template."""

    model_config = STRICT_CONFIG

    message_id: str = Field("message_id", min_length=1)
    """Field with the id of the message.

    Example: "id"
    """
    message_state: str = Field("message_state", min_length=1)
    """Field with the state of the message.

    Example: "state"
    """
    request_id: str = Field("request_id", min_length=1)
    """Field with our own reference of the message, if the template has one.

    Example: "ref"
    """
    time: str = ""
    """Field with the time of the state, ISO 8601 or seconds since 1970. If empty, the time of
    arrival counts.

    Example: "done_date"
    """


class ReplyFields(BaseModel):
    """Field names of a reply, as written in the operator's template."""

    model_config = STRICT_CONFIG

    source_number: str = Field("source_number", min_length=1)
    """Field with the customer's number.

    Example: "from"
    """
    destination_number: str = Field("destination_number", min_length=1)
    """Field with the number that the customer wrote to.

    Example: "to"
    """
    body: str = Field("body", min_length=1)
    """Field with the text.

    Example: "text"
    """
    message_id: str = Field("message_id", min_length=1)
    """Field with the id of the reply.

    Example: "id"
    """
    source_name: str = ""
    """Field with the customer's name. If empty, a reply names no one.

    Example: "source_name"
    """
    time: str = ""
    """Field with the time of the reply, ISO 8601 or seconds since 1970. If empty, the time of
    arrival counts.

    Example: "date"
    """


def _check_push_names(names: dict[str, str]) -> dict[str, str]:
    """Return names of parameters by what they carry; raise `ValueError` for any other key."""
    unknown = sorted(names.keys() - PUSH_VALUES)
    if unknown:
        known = ", ".join(sorted(PUSH_VALUES))
        raise ValueError(f"has the unknown key {unknown[0]}; known are {known}")
    if not all(names.values()) or len(set(names.values())) < len(names):
        raise ValueError("needs a different name for each value")
    return names


PUSH_VALUES = frozenset({"text", "sender", "own", "date", "id", "message", "state", "reason"})
"""What a parameter in an address of SerwerSMS's customer panel can carry."""
PushNames = Annotated[TextTable, AfterValidator(_check_push_names)]
"""Names of parameters that differ from the default."""
