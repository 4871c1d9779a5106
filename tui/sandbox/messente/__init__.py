"""Emulate both APIs of Messente.

The classic SMS API is under `/messente/send_sms/` and similar paths (with and without the trailing
slash), the Omnichannel API under `/messente/v1/...`. Replies are always pushed.

Numbers +37255500nnn carry a result code:

    000 to 010, 999   ends with that `err` (010: delivered, then seen)
    901 to 905        ends with FAILED, NACK, DELETED, or stays at UNKNOWN, ACK
    103 to 108, 111   classic send refused with that ERROR
    208, 209          classic send refused with that FAILED
    402               number lookup cannot be charged
    403, 500          Omnichannel send refused with that HTTP status

Only handsets whose number ends in 98 have a chat application, and these also report when a message
was seen; elsewhere a Viber, WhatsApp or RCS attempt fails and the next channel is tried. A number
in +850 is refused with ERROR 106, one in a country code that does not exist with ERROR 104.

Where the documentation leaves a question open, the emulator decides: the key's default sender is
the inbound number +37259990011 and every well-formed sender is activated, except the name
`NotActive` (classic ERROR 111, Omnichannel a receipt with err 7); pushes go to the address that the
message names or else to the desk's, and are repeated after 5, 30, 120, 600 and 1800 seconds; an
existing query in a `dlr-url` is preserved; the inbound number's shared secret is another one than
the API secret (`INBOUND_SECRET`); cancelling twice or too late is ERROR 107; a classic report is
ERROR 107 after 48 hours; the credit never shrinks (but see the quirk `no_credit`); a number that
texted a stop word is blocked by the network, and the blacklist calls use the same list. A receipt
counts as confirmed when its push was answered or its message was polled. A classic id is unknown to
the Omnichannel API and vice versa. Balance and prices also answer under `/v1`, where the official
library looks for them when it is configured with one host for everything.
"""
