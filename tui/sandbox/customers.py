"""Define fictional customers of a repair shop: name, history, and the texts they send next.

All numbers are reserved for fiction: Australian 0491 57x, British 07700 900xxx, German
0171 39200xx, French 06 39 98 xx xx and North American 555-01xx.
"""

from tui.domain.record_type import record
from tui.sandbox.handset import Stage


@record
class HistoryLine:
    """One message of a history."""

    minutes_ago: int
    inbound: bool
    text: str
    stage: Stage = Stage.DELIVERED
    """How far the message got, if the desk sent it."""


@record
class Customer:
    """A customer who sends and receives messages."""

    name: str
    number: str
    """E.164 with `+`."""
    provider: str
    """Name of the provider that carries the conversation."""
    language: str
    history: tuple[HistoryLine, ...]
    openings: tuple[str, ...]
    """Messages that the customer sends without being asked."""
    answers: tuple[str, ...]
    """Answers to the desk's messages, used in order and repeated from the start."""


def inbound_line(minutes_ago: int, text: str) -> HistoryLine:
    """Create a message that the customer sent.

    Args:
        minutes_ago: Age of the message in minutes.
        text: Text of the message.
    """
    return HistoryLine(minutes_ago, True, text)


def outbound_line(minutes_ago: int, text: str, stage: Stage = Stage.DELIVERED) -> HistoryLine:
    """Create a message that the desk sent.

    Args:
        minutes_ago: Age of the message in minutes.
        text: Text of the message.
        stage: How far the message got.
    """
    return HistoryLine(minutes_ago, False, text, stage)


CUSTOMERS = (
    Customer(
        "Aisha Rahman",
        "+61491570006",
        "messagemedia",
        "en",
        (
            inbound_line(2890, "Hi, I dropped off a laptop on Tuesday (ticket 1042). Any news?"),
            outbound_line(
                2874, "Hi Aisha, the new screen arrives tomorrow. We'll text you when it's in."
            ),
            inbound_line(2871, "Perfect, thank you 😊"),
            outbound_line(96, "Good news: screen fitted and tested. Ready from 2 pm today."),
            inbound_line(88, "Brilliant! Are you open on Saturday too?"),
        ),
        (
            "Hello again, can my sister pick it up for me?",
            "Sorry, one more question: do you keep the old screen?",
        ),
        ("Great, thanks so much!", "I'll be there around 10.", "Yes, that works for me"),
    ),
    Customer(
        "Tom Baker",
        "+61491570159",
        "messagemedia",
        "en",
        (
            outbound_line(
                4400, "Hi Tom, your phone is booked in for Thursday 9:30. Reply YES to confirm."
            ),
            inbound_line(4392, "YES"),
            outbound_line(300, "Reminder: see you tomorrow at 9:30, 12 Smith St."),
            inbound_line(42, "Running about 15 min late, traffic on the bridge is terrible"),
        ),
        ("Is there parking near the shop?", "Here now, which door is it?"),
        ("Cheers, much appreciated", "OK, on my way", "No worries at all"),
    ),
    Customer(
        "Mei Lin",
        "+61491570313",
        "messagemedia",
        "en",
        (
            inbound_line(1500, "Do you repair tablets as well? Mine won't charge any more 🔌"),
            outbound_line(1488, "We do. A new port is $89 incl. GST, usually done the same day."),
            inbound_line(1480, "That's fine, can I bring it in on Monday?"),
            outbound_line(1475, "Monday is good, any time after 9."),
        ),
        ("I forgot to ask: will my photos be safe? 📷", "Is the tablet ready? 谢谢!"),
        ("Wonderful, thank you 🙏", "See you on Monday then", "谢谢! That is very kind."),
    ),
    Customer(
        "Giorgos Pappas",
        "+61491570737",
        "messagemedia",
        "en",
        (
            inbound_line(700, "The invoice says 2 batteries but I only needed one??"),
            outbound_line(690, "Sorry about that, Giorgos. We're checking with the workshop now."),
            outbound_line(655, "You're right. $45 goes back to your card today."),
            inbound_line(651, "Thanks for sorting it so fast"),
        ),
        ("Hi, the refund is not there yet. How long does it take?",),
        ("OK, I'll wait until Friday", "Got it, thanks mate"),
    ),
    Customer(
        "Ruth Cohen",
        "+12025550143",
        "smartswitch",
        "en",
        (
            outbound_line(180, "Hi Ruth, your watch is ready. Pick-up code: 7731"),
            inbound_line(171, "Wonderful. Can you hold it until next week? I'm traveling."),
            outbound_line(168, "Of course, we'll keep it safe for you."),
        ),
        ("Back in town! Is tomorrow after 5 OK?",),
        ("Perfect, thank you!", "Sounds good"),
    ),
    Customer(
        "Katarzyna Nowak",
        "+447700900142",
        "serwersms",
        "pl",
        (
            inbound_line(520, "Dzień dobry, czy mój telefon jest już gotowy? Zlecenie 2210."),
            outbound_line(512, "Dzień dobry! Część przyjdzie jutro, naprawimy telefon do piątku."),
            inbound_line(509, "Dziękuję, będę o 16"),
        ),
        ("Dzień dobry, czy mogę zapłacić kartą?", "Przepraszam, jednak przyjdę w sobotę. Można?"),
        ("Świetnie, dziękuję bardzo!", "Dobrze, do zobaczenia", "Tak, pasuje mi"),
    ),
    Customer(
        "Piotr Zieliński",
        "+447700900178",
        "serwersms",
        "pl",
        (
            outbound_line(2000, "Dzień dobry, laptop jest do odbioru. Sklep czynny do 18."),
            inbound_line(1985, "Super, żona odbierze po pracy"),
        ),
        ("Dzień dobry, klawiatura znowu nie działa 😕",),
        ("Dziękuję za szybką odpowiedź", "Jasne, przyniosę jutro"),
    ),
    Customer(
        "Liis Tamm",
        "+447700900461",
        "messente",
        "et",
        (
            inbound_line(260, "Tere! Kas minu tellimus on juba kohal?"),
            outbound_line(
                251, "Tere, Liis! Jah, saate selle täna kätte, oleme avatud kella 19-ni."
            ),
            inbound_line(247, "Aitäh, tulen pärast tööd 🙂"),
        ),
        ("Kas võin tulla hoopis homme hommikul?",),
        ("Suur tänu!", "Selge, aitäh", "Väga hea, näeme homme"),
    ),
    Customer(
        "Camille Lefèvre",
        "+33639980042",
        "messente",
        "fr",
        (
            inbound_line(1220, "Bonjour, l'écran de ma tablette est cassé. Vous faites un devis ?"),
            outbound_line(1210, "Bonjour Camille, environ 120 €, prêt en deux jours."),
            inbound_line(1203, "D'accord, je passe samedi. Merci !"),
        ),
        ("Bonjour, finalement je ne peux pas venir samedi. Lundi, c'est possible ?",),
        ("Parfait, merci beaucoup !", "Très bien, à lundi", "Ça marche 👍"),
    ),
    Customer(
        "Jürgen Groß",
        "+491713920042",
        "messente",
        "de",
        (
            outbound_line(
                330, "Guten Tag Herr Groß, Ihr Gerät ist fertig. Bitte Abholschein mitbringen."
            ),
            inbound_line(318, "Danke! Geht auch Freitag gegen 17 Uhr?"),
            outbound_line(315, "Freitag 17 Uhr passt gut."),
        ),
        ("Hallo, ich finde den Abholschein nicht mehr. Geht es auch mit Ausweis?",),
        ("Prima, vielen Dank!", "Alles klar, bis Freitag", "Sehr freundlich, danke"),
    ),
    Customer(
        "Olivia Brown",
        "+61491571266",
        "messageport",
        "en",
        (
            outbound_line(60, "Hi Olivia, how did we do? Reply 1 (bad) to 5 (great)."),
            inbound_line(57, "5! The new battery lasts all day"),
        ),
        ("Do you sell chargers as well?",),
        ("Thanks, I'll drop by", "Lovely 👍"),
    ),
    Customer(
        "Noah Williams",
        "+61491571804",
        "messageport",
        "en",
        (
            inbound_line(1010, "Can you text my work phone instead please"),
            outbound_line(1001, "Sure Noah, which number?", Stage.FAILED),
        ),
        ("Hello? Did you get my last message",),
        ("Ah great, thanks", "Yes that's the one"),
    ),
)
