"""Name the fields of pushes as a customer or an operator has typed them into a template."""

from pydantic import BaseModel, ConfigDict, Field

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


class PushNames(BaseModel):
    """Parameter names in the customer panel's addresses, each with the macro that it carries."""

    model_config = STRICT_CONFIG

    text: str = Field("wiadomosc", min_length=1)
    """Parameter with `#WIADOMOSC#`.

    Example: "text"
    """
    sender: str = Field("numer", min_length=1)
    """Parameter with `#NUMER#`, for premium messages `#NUMEROD#`.

    Example: "from"
    """
    own: str = Field("numerdo", min_length=1)
    """Parameter with `#NUMERDO#`.

    Example: "to"
    """
    date: str = Field("data", min_length=1)
    """Parameter with `#DATA#`, in replies and in reports.

    Example: "date"
    """
    id: str = Field("id", min_length=1)
    """Parameter with `#ID#`, for premium messages `#IDSMS#`.

    Example: "key"
    """
    message: str = Field("smsid", min_length=1)
    """Parameter with `#SMSID#`.

    Example: "message"
    """
    state: str = Field("stan", min_length=1)
    """Parameter with `#STAN#`.

    Example: "state"
    """
    reason: str = Field("przyczyna", min_length=1)
    """Parameter with `#PRZYCZYNA#`.

    Example: "reason"
    """
