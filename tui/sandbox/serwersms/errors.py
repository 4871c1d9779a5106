"""Define the errors of the API; their texts are Polish (SerwerSMS API, error codes)."""

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
