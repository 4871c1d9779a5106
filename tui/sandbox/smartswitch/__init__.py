"""Emulate an operator's SmartSwitch at `POST /smartswitch/api/message`.

All parameters are in the query string; several recipients repeat them. Receipts and replies are
always pushed.

Numbers with a fixed result, in addition to those of `tui.sandbox.handset`:

    +12025550101   the last receipt is enroute (the digits after 10 are SMPP message states)
    +12025550102   delivered
    +12025550103   expired
    +12025550105   undeliverable
    +12025550106   accepted
    +12025550107   unknown
    +12025550108   rejected
    +12025550109   is not sent: its entry has status `error`

Where the documentation leaves a question open, the emulator decides: a form body is read after the
query; the n-th value of a parameter belongs to the n-th number, and extra values are ignored;
errors come with HTTP 200, except 404 for another path and 405 for another method; a number that is
not 7 to 15 digits has an entry with status `error`; a text may be empty; answers go to
`source_number`, or to 12025550100 where the request names none, and a name alone cannot be
answered. A receipt goes through `accepted` and `enroute`, without `require_dlr=1` there is none. A
ping shows nothing on the phone, so it gets no answer. A reply is POSTed as a form of
`source_number`, `destination_number`, `body` and its own `message_id`: a convention of ours, since
none is documented. A push is repeated on anything but 2xx after 5, 30, 120 and 600 seconds.
`SmartSwitch.notation` stands for the operator's template of the receipt call. A receipt or reply
counts as confirmed when its push was answered. The interface for suppliers, which report deliveries
to an operator, is not emulated.
"""
