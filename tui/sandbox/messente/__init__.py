"""Messente: the classic SMS API under `/messente/send_sms/` and its sisters (with and without the
trailing slash), the Omnichannel API under `/messente/v1/...`. Replies are only ever pushed.

Numbers +37255500nnn carry a result code:

    000 to 010, 999   ends with that `err` (010: delivered, then seen)
    901 to 905        ends with FAILED, NACK, DELETED, or stays at UNKNOWN, ACK
    103 to 108, 111   classic send refused with that ERROR
    208, 209          classic send refused with that FAILED
    402               number lookup cannot be charged
    403, 500          Omnichannel send refused with that HTTP status

No handset has a chat application except those that end in 98, which also tell when a message was
seen; elsewhere a Viber, WhatsApp or RCS attempt fails and the next channel is tried. A number in
+850 is refused with ERROR 106, one in a country code that nobody has with ERROR 104.

What the documentation leaves open is settled like this: the key's default sender is the inbound
number +37259990011 and every well-formed sender is activated, except the name `NotActive` (classic
ERROR 111, Omnichannel a receipt with err 7); pushes go to the address that the message names or
else to the desk's, and are repeated after 5, 30, 120, 600 and 1800 seconds; an existing query in a
`dlr-url` is kept; the inbound number's shared secret is the API secret; cancelling twice or too
late is ERROR 107; a classic report is ERROR 107 after 48 hours; the credit never shrinks; the
network blocks who texted a stop word, and the blacklist calls see the same list. A receipt counts
as confirmed when its push was answered or its message was polled. A classic id is unknown to the
Omnichannel API and the other way round. Balance and prices also answer under `/v1`, where the
official library looks for them when it is told one host for all.
"""
