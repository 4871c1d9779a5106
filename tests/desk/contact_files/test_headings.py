"""Test understanding headings of other programs, in their languages and spellings."""

import pytest

from tui.desk.contact_files.headings import Field, classify_heading, count_headings

HEADINGS = {
    Field.MOBILE: (
        "Mobile|Mobile Phone|mobile_phone|MobilePhone|mobileNumber|Mobiltelefon|"
        "Handy|Handynummer|Mobilnummer|Portable|Téléphone portable|Tél. mobile|"
        "Téléphone mobile|Móvil|Teléfono móvil|Celular|Cellulare|Telefono cellulare|"
        "Telemóvel|Mobiel|Mobiele telefoon|Mobil|Mobiltlf|Matkapuhelin|"
        "Mobilni telefon|Mobilní telefon|Mobiiltelefon|Mobilais tālrunis|"
        "Mobilusis telefonas|Мобильный телефон|Мобільний телефон|Сотовый|"
        "Cep Telefonu|Cep|携帯電話|携帯|手机|手機|移动电话|行動電話|휴대폰|Komórka|"
        "Telefon komórkowy|Tel. komórkowy|GSM|Cell|Cell Phone|MSISDN|WhatsApp|SMS|"
        "Mobile (SMS)|phone_mobile|Contact: Mobile Phone|נייד|הטלפון הנייד|الجوال|"
        "Κινητό|Điện thoại di động|No HP|Mobile No.|cell_number|Mobile 1|"
        "Telefone celular|Phone Mobile|Číslo mobilu|Handy-Nr."
    ),
    Field.NUMBER: (
        "Phone|phone_number|Phone Number|PhoneNumber|phoneNumber|Telephone|Telefon|"
        "Telefonnummer|Rufnummer|Numer telefonu|Nr telefonu|Nr tel.|Tel|Tel.|"
        "Téléphone|Numéro de téléphone|Teléfono|Número de teléfono|Telefono|"
        "Telefone|Telefoon|Telefoonnummer|Telefonní číslo|Tlf|Puhelin|"
        "Puhelinnumero|Telefoninumber|Tālrunis|Telefonas|Telefono numeris|"
        "Telefonszám|Телефон|Номер телефона|Telefon numarası|電話番号|電話|电话|电话号码|"
        "联系电话|전화번호|Phone 1 - Value|Primary Phone|Contact Number|Billing Phone|"
        "billing_phone|Default Address Phone|Phone (E.164)|Formatted Phone|"
        "Main Phone|Số điện thoại|เบอร์โทร|טלפון|رقم الهاتف|Τηλέφωνο|Telefonnr.|"
        "Phone No|phone no.|Sími|Customer Phone|Phone#|Phone 2"
    ),
    Field.OTHER_NUMBER: (
        "Home Phone|Business Phone|Work Phone|Office Phone|Other Phone|Home Phone 2|"
        "Telefon geschäftlich|Telefon privat|Telefon (privat)|Téléphone (bureau)|"
        "Teléfono del trabajo|Company Main Phone|Telefon domowy|Telefon służbowy|"
        "Домашний телефон|Рабочий телефон|Téléphone domicile|Work Telephone Number|"
        "Telefon 2 privat"
    ),
    Field.DIAL_CODE: "Phone Country Code|Country Code|Area code|Vorwahl|Kod kraju|国番号",
    Field.FIRST_NAME: (
        "First Name|first_name|FirstName|firstname|FNAME|Given Name|Vorname|"
        "Prénom|Nombre de pila|Voornaam|Förnamn|Fornavn|Etunimi|Eesnimi|"
        "Keresztnév|Имя|Ім'я|名|Billing First Name|Contact: First Name|Name (First)|"
        "Křestní jméno|Prenume|Primer nombre"
    ),
    Field.LAST_NAME: (
        "Last Name|last_name|LNAME|Family Name|Surname|Nachname|Familienname|"
        "Nom de famille|Nazwisko|Apellidos|Apellido|Cognome|Sobrenome|Apelido|"
        "Achternaam|Efternamn|Etternavn|Efternavn|Sukunimi|Perekonnanimi|Perenimi|"
        "Vezetéknév|Příjmení|Priezvisko|Prezime|Priimek|Фамилия|Прізвище|Soyadı|"
        "Pavardė|Uzvārds|姓|Name (Last)"
    ),
    Field.FULL_NAME: (
        "Full Name|First Last|First and Last Name|Display Name|File As|Imię i nazwisko|"
        "Vor- und Nachname|"
        "Nom complet|Nombre completo|Nome completo|ФИО|Ad Soyad|氏名|姓名|名前|"
        "Jméno a příjmení|Nom et prénom"
    ),
    Field.NAME: (
        "Name|Names|Customer Name|Contact Name|Contact|Kunde|Nazwa|Nom|Nombre|"
        "Nome|Naam|Namn|Navn|Nimi|Név|Jméno|Ime|Nume|Vardas|Vārds|Ad|Adı|"
        "Client|Cliente|Customer|Klient|CUSTOMER_NAME|Contact name|Imię"
    ),
    Field.ORGANIZATION: (
        "Company|Company Name|Organization|Organization 1 - Name|Organization Name|"
        "Firma|Nazwa firmy|Unternehmen|Société|Entreprise|Empresa|Azienda|Bedrijf|"
        "Företag|Virksomhed|Yritys|Společnost|Şirket|Компания|Организация|会社名|会社|"
        "公司|公司名称|Account Name|Billing Company|회사|Cég"
    ),
    Field.NOTE: (
        "Note|Notes|Uwagi|Notiz|Bemerkung|Notizen|Comments|Remarks|Notas|备注|備考|"
        "Примечание|Poznámka"
    ),
    Field.OTHER: (
        "Phone 1 - Type|Phone 1 - Label|E-mail|E-mail 1 - Value|Email Address|Fax|"
        "Business Fax|Home Fax|Telefax|Faks|Pager|"
        "User Name|Username|Name Prefix|Name Suffix|Phonetic First Name|"
        "Given Name Yomi|Assistant's Phone|Birthday|Country|City|Title|Job Title|"
        "Accepts SMS Marketing|Tags|Street|Manager's Name|TTY/TDD Phone|"
        "Email Marketing Status|Order ID|Phone verified|List Name|Telefon Typ|ファックス|"
        "Contact ID|Customer ID|Telefon Assistent|Telefono assistente|Telefon asystenta|"
        "Asst Phone|Телефон помощника"
    ),
    Field.WEAK_NUMBER: (
        "Address|To|From|party|Recipient|Destination|Numara|Number|Numer|Numero|"
        "Nummer|Número|Номер|號碼|No.|Nr"
    ),
    Field.UNKNOWN: (
        "Kuku|Foo|Colour|Customer Number|Order Number|Kundennummer|Numer zamówienia|Invoice No"
    ),
}
"""Headings of each field, divided by "|"."""


@pytest.mark.parametrize("field", HEADINGS)
def test_headings_are_understood_in_any_case_and_spelling(field: Field) -> None:
    for heading in HEADINGS[field].split("|"):
        spellings = (heading, heading.upper(), heading.lower().replace(" ", "_"), f" {heading} ")
        found = {spelling: classify_heading(spelling) for spelling in spellings}
        assert set(found.values()) == {field}, found


@pytest.mark.parametrize(
    ("headings", "field"),
    [
        ("Kundenname|Klantnaam|Nombre del cliente|Nome cliente|Nom du client", Field.NAME),
        ("客户姓名|顧客名|고객명|Asiakkaan nimi|Name des Kunden", Field.NAME),
        ("Contact person|Persona de contacto|Osoba kontaktowa", Field.NAME),
        ("Patient|Attendee|Member|Razón social|Ragione sociale", Field.ORGANIZATION),
        ("Nom Prénom|Name, Vorname|Фамилия Имя Отчество|İsim Soyisim", Field.FULL_NAME),
        ("Customer number|Patient ID|Client type|Sales person|Member since", None),
    ],
)
def test_a_name_may_say_whose_it_is_or_have_several_parts(
    headings: str, field: Field | None
) -> None:
    for heading in headings.split("|"):
        found = classify_heading(heading)
        assert found is field if field else found in (Field.UNKNOWN, Field.OTHER), heading


def test_vowels_that_are_marks_do_not_cut_words() -> None:
    assert classify_heading("เบอร์มือถือ") is Field.MOBILE
    assert classify_heading("मोबाइल नंबर") is Field.MOBILE
    assert classify_heading("ชื่อ-นามสกุล") is Field.FULL_NAME
    assert classify_heading("नाम") is Field.NAME


def test_what_follows_a_heading_does_not_change_it() -> None:
    assert classify_heading("Mobile phone (with country code)") is Field.MOBILE
    assert classify_heading("Telefon inkl. Vorwahl") is Field.NUMBER
    assert classify_heading("Phone country code") is Field.DIAL_CODE


@pytest.mark.parametrize(
    "heading", ["E.164", "Caller ID", "SĐT", "Số ĐT", "Tālr.", "Puh.", "Recapito", "MDN"]
)
def test_short_names_of_numbers_are_known(heading: str) -> None:
    assert classify_heading(heading) is Field.NUMBER


def test_words_joined_by_capitals_are_taken_apart() -> None:
    assert classify_heading("PhoneNumber") is Field.NUMBER
    assert classify_heading("mobilePhone") is Field.MOBILE
    assert classify_heading("FirstName") is Field.FIRST_NAME


def test_a_row_with_numbers_is_no_heading() -> None:
    assert count_headings(("Name", "Phone 1 - Value")) == 2
    assert count_headings(("Name", "+48 500 600 701")) == 0
    assert count_headings(("Ana Kowal", "Kuku")) == 0
