"""Recognise "stop writing to me" in plain language.

Each pattern reads folded text with single blanks: "Don't text me!" arrives as "don t text me".
A pattern may err in both directions because an agent decides. It should err seldom, and rather
report "the bus stop" than miss "take me off your list".
"""

import re
from functools import cache

from tui.domain.consent_words import fold_words

_GROUPS = {
    "TEXTS": r"(texts?|txts?|messages?|messaging|sms|msgs?|notifications?|alerts)\b",
    "DONT": r"(do not|don ?t|never|(please|pls|can you|can u|could you) not)",
    "MY_NUMBER": r"(this|my)( phone| mobile| cell)? number",
    "TEXTOS": r"(messages?|sms|textos?|envois?|notifications?|pubs?)\b",
    "WIADOMOSCI": r"(sms\w*|wiadomosci|powiadomien|reklam)\b",
    "NACHRICHTEN": r"(sms|nachrichten?|mitteilungen|benachrichtigungen)\b",
    "MENSAJES": r"(sms|mensajes?|mensagens?|mensagem|textos?|avisos|publicidad|publicidade)\b",
    "MESSAGGI": r"(sms|messaggi\w*|notifiche|pubblicita)\b",
    "BERICHTEN": r"(sms\w*|bericht\w*|reclame|meldingen|meddelande\w*|meldinger|beskeder)\b",
    "VIESTEJA": r"(viest\w*|teksti\w*|mainok\w*|ilmoituk\w*)\b",
}
"""Parts shared by several patterns; folded text has no capitals, so these names are safe."""

_NEGATED_STOP = re.compile(r"\b(don ?t|do not|didn ?t|won ?t|never|not) (ever |please )?stop\w*")
"""Wish for the opposite: "please don't stop texting me"."""

_ENGLISH = (
    r"\b(stop|quit|cease)( all)? "
    r"(text|txt|messag|msg|contact|call|spam|harass|bother|bugg|annoy)\w*",
    r"\b(text|txt|texting|send|sending|reply|replying|type) stop\b(?! by\b)",
    r"^(stp|stahp) (text|txt|messag|msg|sms)\w*",
    r"^stahp$",
    r"^(please )?DONT (text|txt|message|sms)( me)?$",
    r"\b(stop|quit) sending( me| us| this| these| those| your| any| more)+\b",
    r"\b(stop|quit) sending( out)? TEXTS",
    r"\b(stop|no more|cease|discontinue|cancel|turn off|switch off|end|enough|sick of|tired of)"
    r"( with| of| the| these| those| your| all| this| any)* TEXTS(?! from| i )",
    r"^no TEXTS( please| pls| thanks)?$",
    r"\bDONT( ever)? (text|txt|message|contact|sms|msg|write to) (me|us|this number)\b"
    r"(?! (before|after|until|till|on|at|about|by|while|during|if|when|to?day|tomorrow|now)\b)",
    r"\bDONT (text|message|contact|write|reply) (to )?(me |us )?(again|any ?more|ever)\b",
    r"\bDONT send( me| us| any| these| more| further)* TEXTS",
    r"\b(remove|delete|erase) (me|MY_NUMBER)\b",
    r"\b(take|get) (me|MY_NUMBER) off$",
    r"\b(take|get) (me|MY_NUMBER) (off|from|out of)\b.{0,25}\b(system|database|records"
    r"|(your|mailing|texting|text|sms|contact|marketing|this) list)\b",
    r"\b(removed from|deleted from|taken off|get off) (your|this|the|any|all)\b"
    r".{0,15}\b(list|system)\b",
    r"\bunsub(scribe|scribing)?\b",
    r"\bopt(ing)?( me| us)? out( of| from| please| pls| now|$)",
    r"\b(want|like|wish) to opt out\b",
    r"\b(leave me alone|go away|(piss|fuck|bugger) off)\b",
    r"\blose (my|this) number\b",
    r"\b(DONT|no longer) (want|wish|need)\b.{0,30}\b(contacted\b|TEXTS)",
    r"\b(not consent|not agree|never agreed|withdraw\w*|revoke) (to |my )?"
    r"(receiv|be|get|these|consent)",
    r"\b(is|are) (spam|spamming|harassment|harassing)\b",
    r"^((please|pls|plz|just|ok|i|said|reply|text|sms|bitte|palun|prosze|svp) )*stop(p|all)?"
    r"( (stop|it|this|that|now|already|pub|please|pls|plz|thanks?|you|sms|texts|messages|bitte"
    r"|danke|palun|aitah|prosze|dziekuje|svp|merci))*$",
)
_FRENCH = (
    r"\b(ne (me|m)|n) (contact|ecri|envo|text|harcel|derang|sollicit|importun)\w* plus\b",
    r"\bne plus (me |m |etre )?(contact|ecri|envo|recev|derang|sollicit)\w*",
    r"\brefuse (de|d|vos|ces|tous)\b.{0,20}\bTEXTOS",
    r"\b(veux|souhaite|desire|voudrais)\b.{0,10}\b(plus|pas)\b.{0,25}\b(contact\w*|TEXTOS)",
    r"\b(arret|cess)\w+ (de |d )?(me|m|nous) "
    r"(envo|ecri|contact|harcel|spam|text|importun|sollicit)\w*",
    r"\b(arret|cess|stopp?)\w*( a)? (vos|ces|les|tous|aux|avec|l envoi)\b.{0,12}\bTEXTOS",
    r"\b(assez|marre) de (vos|ces|tous)\b.{0,12}\bTEXTOS",
    r"\bdes(abonn|inscri)\w+",
    r"\b(retir|supprim|effac|enlev|ray)\w* (moi|mon numero)\b",
    r"\bme (retirer|supprimer|enlever|rayer|effacer) (de|des)\b",
    r"(?<!n ai )\bplus (de|aucun) TEXTOS",
    r"\blaiss\w* moi (tranquille|en paix)\b",
    r"\b(fich|fout)\w* moi la paix\b",
)
_POLISH = (
    r"\bnie (pisz\w*|pisac) ((juz |wiecej )*do mnie|juz|wiecej)\b",
    r"\bnie (wysyl|przysyl|posyl)\w*( mi| do mnie| juz| wiecej| zadnych| tych)* WIADOMOSCI",
    r"\b(mna nie kontakt|nie kontaktuj|nie kontakt\w+( sie)? ze mna)",
    r"\b(zakoncz\w*|wstrzyma\w*) wysylani\w+ WIADOMOSCI",
    r"\b(za)?przesta\w+ (do mnie |mi |juz )*(pisa|wysyl|przysyl|nekac|spam|kontakt)\w*",
    r"\bo niewysylanie\b",
    r"\b((wypis|wykresl|skresl)\w+ mnie|mnie (wypis|wykresl|skresl)\w+|sie wypisac)\b",
    r"\b(usun|skasuj|wykasuj)\w* (mnie|moj numer|mojego numeru|ten numer|moje dane)\b",
    r"\bnie (chce|zycze|potrzebuje)\b.{0,35}\b(kontaktu\b|WIADOMOSCI)",
    r"\bnie (zgadzam sie|wyrazam zgody)( juz)? na "
    r"(kontakt|sms|wiadomosci|otrzym|przesyl|przetw)\w*",
    r"\b(wycof\w+|cofam|cofn\w+) (moja )?zgod\w+",
    r"\bz?rezygn\w+\b.{0,25}\b(subskrypcji|newslettera|WIADOMOSCI)",
    r"\b(daj(cie)? mi (swiety )?spokoj|odczep\w* sie)\b",
    r"\b(koniec|dosc|zadnych)\b.{0,15}\bWIADOMOSCI",
)
_ESTONIAN = (
    r"\b(arge|ara)\b.{0,20}\b(kirjuta\w* mulle|mulle (enam )?kirjuta\w*)\b",
    r"\b(arge|ara)\b.{0,20}\b(enam|rohkem) (saatke|saada|kirjuta\w*)\b",
    r"\b(arge|ara)\b.{0,20}\b(saatke|saada)\b.{0,20}\b(sonum\w*|sms\w*|rohkem|enam)\b",
    r"\b(arge|ara)\b.{0,25}\benam uhendust\b",
    r"\b(arge|ara)( mind)? tulita\w*",
    r"\bmitte (rohkem |enam )*(sonum\w*|sms\w*|saata|kirjutada)\b",
    r"\blopeta\w*\b.{0,30}\b(sonum|sms|saatmi|kirjutami|spammimi)\w*",
    r"\bei (soovi|taha)\b.{0,20}\b(sonum|sms|teavitus|reklaam)\w*",
    r"\b(eemalda|kustuta)\w*( palun)? (mind|(minu|mu) (number|andmed))\b",
    r"\bvot(ke|a) mind\b.{0,20}\b(listist|nimekirjast|maha)\b",
    r"\bloobu\w*\b.{0,20}\b(sonum|sms|teavitus)\w*",
    r"\b(sonum|sms|teavitus)\w* loobu\w*",
    r"\bjat(ke|a) mind rahule\b",
    r"\baitab\b.{0,15}\b(sonum|sms)\w*",
    r"\brohkem (sonum|sms)\w* (pole|ei)\b",
    r"\bnousoleku\w* tagasi\b",
)
_GERMAN = (
    r"^(?!.*\b(habe?|haben|kam\w*|kommt)\b.*\bkeine).*\bkeine NACHRICHTEN mehr\b",
    r"\bkeine weiteren NACHRICHTEN",
    r"\b(mochte|will|wunsche|brauche)( ich)? keine NACHRICHTEN",
    r"\bkeine (werbung|spam)\b",
    r"\b(schreib|kontakt|schick|send)\w*( sie)? (mir|mich|uns)( bitte)? "
    r"(nichts? mehr|nie wieder)\b",
    r"\b(nicht|nichts|nie) (mehr|wieder) (an)?(schreib|schick|send|kontakt|simsen)\w*",
    r"\bhor(t|en sie)?( bitte)? auf\b.{0,25}\b(schreib|sms|schick|send|nachricht|belastig|nerv)\w*",
    r"\b(losch|streich|entfern)\w*( sie)?( bitte)? "
    r"(mich|meine (daten|(handy|telefon|mobil)?nummer))\b",
    r"\bschluss mit\b.{0,12}\b(werbung\b|NACHRICHTEN)",
    r"\bmeine (handy|telefon|mobil)?nummer( bitte)? (losch|streich|entfern)\w*",
    r"\b(mich( bitte)? (aus|von)|nehmen sie mich( bitte)? (aus|von)) (der|dem|ihre\w|eure\w)"
    r" (liste|verteiler|datenbank|kartei)\b",
    r"\bmich( bitte)? (abmelden|austragen)\b",
    r"^(bitte )?(abmelden|austragen|abbestellen)( bitte)?$",
    r"\b(melde|trage)\w* sie mich( bitte)? (ab|aus)\b",
    r"\blass\w*( sie)? mich( bitte)? in ruhe\b",
    r"\bwiderruf\w*\b.{0,20}\b(einwilligung|zustimmung)\b",
    r"\bstopp?(en|t)?( sie)?( bitte)? (die|diese|alle|ihre) (werbung\b|NACHRICHTEN)",
)
_SPANISH_AND_PORTUGUESE = (
    r"\bno (me|nos) (escrib|envi|mand|contact|molest)\w*( mas| nunca)?( MENSAJES| mas| otra vez|$)",
    r"\b(dej|par|ces)\w* (ya )?de (me )?(enviar|mandar|escrib|contact|molest|enche|escrev)\w*",
    r"\bno (quiero|deseo)( recibir)?( mas| sus| estos| ningun)* MENSAJES",
    r"\b(dar|den|deme|denme|darme|dame|darse) de baja\b(?! (la|el|mi|una?|este) )",
    r"\b(borr|elimin|quit|saqu|retir)\w* (mi numero|mi telefono|(me )?de (la|su) lista)\b",
    r"\b(quit|borr|elimin|saqu)\w*(me|nme) de (la|su|esta)s? (lista|base)\b",
    r"\b(basta de|no mas) MENSAJES",
    r"\bdejenme en paz\b",
    r"\bnao (quero|desejo)( mais)?( receber)?( mais| suas| essas)* MENSAJES",
    r"\bnao (me|nos) (envi|mand|escrev|contact)\w*( mais)?( MENSAJES| mais|$)",
    r"\b(remov|retir|apag|tir)\w* (o )?meu (numero|telefone|contato)\b",
    r"\b(cancelar|sair) (da|a) (lista|inscricao)\b",
    r"\b(cancelar?|anular?|cancelen|cancele) (la |mi |minha |a )?(suscripcion|inscricao)\b",
    r"\b(tira|tire|tirem|retire|remove|remova)( me| meu numero)? (dessa|desta|da|de sua) lista\b",
)
_ITALIAN = (
    r"\bnon (mi |ci )?(mandate|mandatemi|inviate|inviatemi|scrivete|scrivetemi|contattatemi)"
    r"( mi)?( piu)?( MESSAGGI| piu|$)",
    r"\b(smett|basta|finit)\w* di (mandar|inviar|scriver|contattar|disturbar)\w*",
    r"\bnon (voglio|desidero)( piu)?( ricevere)?( piu| i vostri| altri| questi)* MESSAGGI",
    r"\b(cancell|rimuov|elimin|togli)\w*( pure)? (il )?mio (numero|contatto|nominativo)\b",
    r"\b(cancell|rimuov|togli)\w*mi (dalla|da questa|dalle|dal)\b",
    r"\bbasta MESSAGGI",
    r"\blasciatemi in pace\b",
)
_DUTCH_AND_NORDIC = (
    r"\b(stuur|zend|schrijf)\w*( mij| me| ons)? geen BERICHTEN( meer)?",
    r"\bgeen BERICHTEN meer\b",
    r"\b(stop|hou)\w* (op )?met( het)? (sms|sturen|berichten)\w*",
    r"\b(verwijder|wis|schrap) (mijn|dit) (nummer|telefoonnummer|gegevens)\b",
    r"\b(verwijder|haal|schrijf) (mij|me) (van|uit|af)\b",
    r"\blaat me met rust\b",
    r"^(graag |aub )?(afmelden|uitschrijven|afmeld|avmeld|avregistrera|frameld)"
    r"( mig| meg| mij| aub| tack| takk| tak| svp)*$",
    r"\b(sluta|slutt|stopp|stop|lad vaere)( a| att| med( at| a)?)? "
    r"(skicka|sende?|skriva?|sms\w*)\b",
    r"\b(skicka|sende?) (inga|inte|ikke|ingen)( mig| meg)?( fler| flere| mer| nogen)* BERICHTEN",
    r"\b(ta bort|radera|slett|fjern|slet) (mitt|mit|nummeret) ?(nummer|telefonnummer|mitt)?\b",
    r"\b(inga|ingen) (fler|flere) BERICHTEN",
)
_FINNISH = (
    r"\b(alkaa|ala) (lahett|kirjoit|viestit)\w*( minulle)?( enaa)?( VIESTEJA| enaa|$)",
    r"\b(en halua|ei enaa)( enaa)?( saada| teidan| naita)* VIESTEJA",
    r"\blopet(a|takaa|tanee) \w*( VIESTEJA|\w+n? (lahett|lahetys)\w*)",
    r"\blopet(a|takaa) (VIESTEJA|viestien) ?\w*",
    r"\b(poista|poistakaa) (minut|numeroni|minun numeroni)\b",
)
_RUSSIAN_AND_UKRAINIAN = (
    r"\bне (пишите|пиши|писать|шлите|присылаите|отправляите|беспокоите)\b.{0,25}"
    r"\b(больше|мне|нам|смс|сообщени\w*)\b(?! (до|после|в|на|по|пока|пожалуиста до) )",
    r"\b(больше|мне) не (пишите|шлите|присылаите|отправляите|звоните и не пишите)\b",
    r"\b(удалите|уберите|сотрите|исключите) (меня|мои (номер|телефон|данные)|этот номер)\b",
    r"\bотпи(шите|сать|сываюсь|ска)\w*\b.{0,20}\b(меня|рассылк\w*|смс|сообщени\w*|себя)",
    r"\bкак (мне )?отписаться\b",
    r"^отпи[сш]\w+( пожалуиста)?$",
    r"\b(хватит|прекратите|перестаньте|достали|прекращаите)\b.{0,20}"
    r"\b(слать|писать|присылать|отправлять|рассылк\w*|смс|сообщени\w*|спам\w*)",
    r"\bне (хочу|желаю)( больше)? (получать|видеть)\b.{0,20}"
    r"\b(смс|сообщени\w*|рассылк\w*|реклам\w*)",
    r"\bоставьте меня в покое\b",
    r"\bне (пишіть|пишить|надсилаите|надсилаіте|шліть|турбуите)\b.{0,25}\b(більше|мені|нам|смс)\b",
    r"\b(видаліть|приберіть) (мене|міи номер)\b",
    r"\b(припиніть|прекратите|прекращаите)$",
    r"\b(відпишіть|відписати) мене\b",
)
_OTHER_SCRIPTS = (
    r"^.{0,12}(退订|退訂|取消订阅|取消訂閱|配信停止|配信解除|수신거부).{0,12}$",
    r"停止(给我|給我)?(发|發|发送|發送|传|傳)?(短信|簡訊|简讯|信息|訊息|消息)",
    r"(不要|别|別|停止|勿)(再)?(给我|給我)?(发|發|传|傳)(送)?(任何)?(短信|簡訊|简讯|信息|訊息|消息)",
    r"(不要|别|別)再(给我|給我)?(发|發|传|傳)",
    r"不想(再)?(收到|接收)",
    r"\b(הסירו?|תסירו?|תורידו?|הורידו?) אותי\b",
    r"\bאל תשלחו?\b.{0,15}\b(הודעות|יותר|עוד)\b",
    r"\b(اوقف|اوقفوا|ايقاف|توقف|توقفوا|كفي)\b.{0,20}(رسائل|رسايل|ارسال|مراسل)",
    r"\bلا ترسل\w*\b",
)

_SINGLE_WORDS = (
    r"^(стоп (смс|рассылка|рассылку|спам|сообщения)|(spam|sms|please) stop|cancel all|stoppen)$",
    r"^(cancelame|cancelenme|bajame|borrame|sacame|quitame)( ya| por favor| de (la|su) lista)?$",
    r"^(baja (ya|definitiva|total|inmediata)|quero sair|lopetage|lopetagu|wypisac( mnie)?)$",
)
_CENTRAL_EUROPEAN = (
    r"\bne(posilejte|posilajte|saljite|posielajte|posielaj|posilej)\b.{0,15}"
    r"\b(sms\w*|zadne|ziadne|uz|vise|vec|zprav\w*|sprav\w*|poruk\w*|sporocil\w*)\b",
    r"\b(nemojte|nemoj|prestan\w*|prenehaj\w*)\b.{0,20}"
    r"\b(pisati|psat|pisat|poruk\w*|sms\w*|zprav\w*|sprav\w*)\b",
    r"\b(nechci|nechcem)\b.{0,20}\b(sms\w*|zprav\w*|sprav\w*|reklam\w*)\b",
    r"\bne (kuldj\w*|irj\w*)\b.{0,25}\b(sms\w*|uzenet\w*)\b",
    r"\bnu (imi |ne |ma )?mai (trimite\w*|scrie\w*)\b.{0,15}\b(mesaj\w*|sms\w*|reclam\w*)\b",
    r"\bnu (imi|ne) mai scrie\w*",
    r"\bstergeti (ma|numarul meu)\b",
    r"\bμην? (μου )?(ξανα)?(στελνετε|στειλετε|γραφετε)\b.{0,20}\b(μηνυματ\w*|sms|πια|αλλα)\b",
    r"^σταματηστε( να (μου )?(στελνετε|γραφετε).*| παρακαλω)?$",
    r"\b(mesaj|sms)\w*( bana| bize)?( artik| bir daha)? ((atma|gonderme|yollama)"
    r"(yin(iz)?\b|( artik| lutfen)?$)|istemiyor\w*)",
    r"\b(listeden|listenizden|abonelikten) cikar\w*",
)


def _fold_any(words: str) -> str:
    """Return a pattern for any of these words as `fold_words` leaves them, marks apart."""
    return f"({'|'.join(fold_words(word) for word in words.split())})"


_ASIAN = (
    r"(请勿|請勿|不要|别|別)(再)?打(扰|擾)",
    r"^td\W*(谢谢|謝謝|请|請)?$",
    _fold_any("メール メッセージ sms") + "は?(不要|いりません|いらない)",
    r"(もう|二度と|これ以上).{0,6}送(ら|って)(ないで|こないで|くるな)",
    r"(그만|더 ?이상|다시는?) ?(보내|연락|문자)",
    r"(문자|연락|메시지)( 좀)? ?(그만|(보내지|하지) ?(마|말))",
    rf"^{_fold_any('อย่า หยุด เลิก ไม่ต้อง')}(การ)?{_fold_any('ส่ง')}"
    rf"( ?{_fold_any('ข้อความ sms')}| ?{_fold_any('มาอีก อีก')})?$",
    r"\bdung (gui|nhan) (tin|sms|nua)\b|\bkhong (muon )?nhan tin\b|\bngung (gui|nhan) tin\b",
    r"\b(jangan|berhenti|stop) (kirim|hantar|mengirim)\w*( saya)? (sms|pesan|mesej|lagi)\b",
    r"^band (karo|kar do|kijiye|karen)\b",
    rf"{_fold_any('मैसेज संदेश मेसेज sms')}( {_fold_any('भेजना')})? {_fold_any('बंद मत')}",
    r"\b(מספיק|תפסיקו?|להפסיק|הפסיקו?) לשלוח\b",
    r"\b(بطل|بطلوا|كفايه)\b.{0,12}\b(ترسل\w*|رسائل|ارسال|تبعت\w*)",
    r"\b(احذف\w*|امسح\w*) (رقمي|اشتراكي)\b",
)


def is_stop_request(text: str) -> bool:
    """Return whether a text contains a request to stop writing.

    Args:
        text: Folded text with one blank between its words.
    """
    return _compile_phrases().search(_NEGATED_STOP.sub("", text)) is not None


@cache
def _compile_phrases() -> re.Pattern[str]:
    """Return all patterns as one, compiled when the first message is classified."""
    languages: tuple[tuple[str, ...], ...] = (
        *(_ENGLISH, _FRENCH, _POLISH, _ESTONIAN, _GERMAN, _SPANISH_AND_PORTUGUESE, _ITALIAN),
        *(_DUTCH_AND_NORDIC, _FINNISH, _RUSSIAN_AND_UKRAINIAN, _OTHER_SCRIPTS),
        *(_SINGLE_WORDS, _CENTRAL_EUROPEAN, _ASIAN),
    )
    phrases = "|".join(phrase for language in languages for phrase in language)
    return re.compile(re.sub("[A-Z_]{3,}", lambda name: _GROUPS[name[0]], phrases))
