"""Made-up customers of a repair shop: who they are, what was said so far, what they say next.

All numbers are reserved for fiction: Australian 0491 57x, British 07700 900xxx, German
0171 39200xx, French 06 39 98 xx xx and North American 555-01xx.
"""

from dataclasses import dataclass

from tui.sandbox.handset import Stage


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a history."""

    minutes_ago: int
    inbound: bool
    text: str
    stage: Stage = Stage.DELIVERED
    """What became of it, for messages that the desk sent."""


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody who writes and is written to."""

    name: str
    number: str
    """E.164 with `+`."""
    provider: str
    """The provider that carries the conversation."""
    language: str
    history: tuple[Line, ...]
    openings: tuple[str, ...]
    """What they write by themselves."""
    answers: tuple[str, ...]
    """What they answer, one after the other, starting over at the end."""


def them(minutes_ago: int, text: str) -> Line:
    """The customer wrote."""
    return Line(minutes_ago, True, text)


def desk(minutes_ago: int, text: str, stage: Stage = Stage.DELIVERED) -> Line:
    """The desk wrote."""
    return Line(minutes_ago, False, text, stage)


CUSTOMERS = (
    Customer(
        "Aisha Rahman",
        "+61491570006",
        "messagemedia",
        "en",
        (
            them(2890, "Hi, I dropped off a laptop on Tuesday (ticket 1042). Any news?"),
            desk(2874, "Hi Aisha, the new screen arrives tomorrow. We'll text you when it's in."),
            them(2871, "Perfect, thank you 😊"),
            desk(96, "Good news: screen fitted and tested. Ready from 2 pm today."),
            them(88, "Brilliant! Are you open on Saturday too?"),
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
            desk(4400, "Hi Tom, your phone is booked in for Thursday 9:30. Reply YES to confirm."),
            them(4392, "YES"),
            desk(300, "Reminder: see you tomorrow at 9:30, 12 Smith St."),
            them(42, "Running about 15 min late, traffic on the bridge is terrible"),
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
            them(1500, "Do you repair tablets as well? Mine won't charge any more 🔌"),
            desk(1488, "We do. A new port is $89 incl. GST, usually done the same day."),
            them(1480, "That's fine, can I bring it in on Monday?"),
            desk(1475, "Monday is good, any time after 9."),
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
            them(700, "The invoice says 2 batteries but I only needed one??"),
            desk(690, "Sorry about that, Giorgos. We're checking with the workshop now."),
            desk(655, "You're right. $45 goes back to your card today."),
            them(651, "Thanks for sorting it so fast"),
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
            desk(180, "Hi Ruth, your watch is ready. Pick-up code: 7731"),
            them(171, "Wonderful. Can you hold it until next week? I'm traveling."),
            desk(168, "Of course, we'll keep it safe for you."),
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
            them(520, "Dzień dobry, czy mój telefon jest już gotowy? Zlecenie 2210."),
            desk(512, "Dzień dobry! Część przyjdzie jutro, naprawimy telefon do piątku."),
            them(509, "Dziękuję, będę o 16"),
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
            desk(2000, "Dzień dobry, laptop jest do odbioru. Sklep czynny do 18."),
            them(1985, "Super, żona odbierze po pracy"),
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
            them(260, "Tere! Kas minu tellimus on juba kohal?"),
            desk(251, "Tere, Liis! Jah, saate selle täna kätte, oleme avatud kella 19-ni."),
            them(247, "Aitäh, tulen pärast tööd 🙂"),
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
            them(1220, "Bonjour, l'écran de ma tablette est cassé. Vous faites un devis ?"),
            desk(1210, "Bonjour Camille, environ 120 €, prêt en deux jours."),
            them(1203, "D'accord, je passe samedi. Merci !"),
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
            desk(330, "Guten Tag Herr Groß, Ihr Gerät ist fertig. Bitte Abholschein mitbringen."),
            them(318, "Danke! Geht auch Freitag gegen 17 Uhr?"),
            desk(315, "Freitag 17 Uhr passt gut."),
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
            desk(60, "Hi Olivia, how did we do? Reply 1 (bad) to 5 (great)."),
            them(57, "5! The new battery lasts all day"),
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
            them(1010, "Can you text my work phone instead please"),
            desk(1001, "Sure Noah, which number?", Stage.FAILED),
        ),
        ("Hello? Did you get my last message",),
        ("Ah great, thanks", "Yes that's the one"),
    ),
)
