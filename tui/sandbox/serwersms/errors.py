"""Define the errors of the API, and format answers as JSON or XML, always with HTTP status 200.

The texts of the errors are Polish (SerwerSMS API, error codes).
"""

import re
from collections.abc import Mapping
from xml.sax.saxutils import escape

from starlette.responses import Response

from tui.sandbox.wire import to_json_response

NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def format_answer(body: object, suffix: str) -> Response:
    """Return the body in the format that the action's suffix selects.

    Args:
        body: JSON value of the answer.
        suffix: `json`, `xml` or empty.
    """
    if suffix != "xml":
        return to_json_response(body)
    text = f'<?xml version="1.0" encoding="UTF-8"?><response>{to_xml(body)}</response>'
    return Response(text, media_type="application/xml")


def to_xml(value: object) -> str:
    """Return a JSON value as elements; the entries of a list are called `item`.

    Args:
        value: JSON value.
    """
    match value:
        case Mapping():
            return "".join(f"<{name}>{to_xml(inner)}</{name}>" for name, inner in value.items())
        case list():
            return "".join(f"<item>{to_xml(inner)}</item>" for inner in value)
        case bool():
            return "true" if value else "false"
        case None:
            return ""
        case _:
            # XML 1.0 forbids most control characters, even as character references.
            return escape(NOT_IN_XML.sub("\ufffd", str(value)))


INVALID_ACTION = 1000
INVALID_USER = 1001
INVALID_ID = 1004
INVALID_DATA = 1006
REQUIRED = 2000
BAD_PHONE = 2001
UNKNOWN_CODE = 2002
VOICE_NOT_PERMITTED = 3007
FLASH_NOT_PERMITTED = 3008
EMPTY_MESSAGE = 3101
TOO_LONG = 3102
BAD_SENDER = 3106
NO_FILE = 4000
BAD_SENDER_NAME = 4400
SENDER_EXISTS = 4407
NOT_BLACKLISTED = 4600

ERRORS = {
    INVALID_ACTION: ("InvalidAction", "Brak akcji lub nieznana akcja"),
    INVALID_USER: ("InvalidUser", "Nieprawidłowy login lub hasło"),
    1002: ("InvalidRole", "Brak uprawnień do korzystania z API"),
    1003: ("InvalidIP", "Niedozwolony adres IP"),
    INVALID_ID: ("InvalidID", "Nieprawidłowy identyfikator"),
    1005: ("InvalidRole", "Brak uprawnień"),
    INVALID_DATA: ("InvalidData", "Nieprawidłowy format danych"),
    1007: ("InvalidRole", "Konto nie jest w pełni aktywne"),
    1008: ("InvalidRole", "Brak uprawnień do wyświetlania numerów telefonów"),
    REQUIRED: ("ValidationRequiredError", "Brak wymaganego pola"),
    BAD_PHONE: ("ValidationPhoneError", "Nieprawidłowy numer telefonu"),
    UNKNOWN_CODE: ("ValidationCodeError", "Nieznany kod błędu"),
    3000: ("SendError", "Limit wiadomości ECO+ został wykorzystany"),
    3001: ("SendError", "Brak uprawnień do wysyłania wiadomości ECO+"),
    3002: ("SendError", "Limit wiadomości FULL został wykorzystany"),
    3003: ("SendError", "Brak uprawnień do wysyłania wiadomości FULL"),
    3004: ("SendError", "Limit wiadomości MMS został wykorzystany"),
    3005: ("SendError", "Brak uprawnień do wysyłania wiadomości MMS"),
    3006: ("SendError", "Limit wiadomości VOICE został wykorzystany"),
    VOICE_NOT_PERMITTED: ("SendError", "Brak uprawnień do wysyłania wiadomości VOICE"),
    FLASH_NOT_PERMITTED: ("SendError", "Brak uprawnień do wysyłania wiadomości FLASH"),
    3009: ("SendError", "Brak uprawnień do wysyłania wiadomości"),
    3100: ("SendError", "Wysyłka jest zablokowana"),
    EMPTY_MESSAGE: ("SendError", "Pusta wiadomość"),
    TOO_LONG: ("SendError", "Zbyt długa wiadomość"),
    BAD_SENDER: ("SendError", "Nie można użyć tej nazwy nadawcy"),
    NO_FILE: ("FileError", "Nieprawidłowy plik"),
    4100: ("PhoneError", "Nie można sprawdzić numeru"),
    4200: ("PremiumError", "Błąd usługi Premium"),
    BAD_SENDER_NAME: ("SenderError", "Nieprawidłowa nazwa nadawcy"),
    SENDER_EXISTS: ("SenderError", "Nazwa nadawcy już istnieje"),
    4500: ("SubaccountError", "Błąd subkonta"),
    NOT_BLACKLISTED: ("BlacklistError", "Brak numeru na czarnej liście"),
}


class ApiError(Exception):
    """A request that is answered with an error."""

    def __init__(self, code: int) -> None:
        """Create the error with one of the documented codes."""
        super().__init__(code)
        self.code = code

    def to_body(self) -> dict[str, object]:
        """Return the answer, wrapped as errors are."""
        return {"error": build_error_object(self.code)}


def build_error_object(code: int) -> dict[str, object]:
    """Return the error with that code; raise `ApiError` 2002 for one that is not documented.

    Args:
        code: Documented code.
    """
    if code not in ERRORS:
        raise ApiError(UNKNOWN_CODE)
    kind, message = ERRORS[code]
    return {"code": code, "type": kind, "message": message}
