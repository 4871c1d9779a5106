"""Emulate MessagePort (REST API v1) under `/messageport/rest/v1/`.

It has `POST messages` and `GET users` with basic auth. Everything that comes back is pushed as a
form to the desk's address; nothing can be polled.

Numbers with a fixed answer, in addition to those of `tui.sandbox.handset`:

    61400000402   has no credits (402); the balance is 0 until a message is accepted again
    61400000406   is on the opt-out list (406)

The receipt says FAILED whatever the reason was, and there is none before the final stage. Where
the documentation leaves a question open, the emulator decides: checks run in the order
credentials, method, form, country, opt-out, credits; a path that does not exist is 404 and another
method 405, both in the format of the documented errors; of a repeated field the last one counts;
a number that texts a stop word joins the opt-out list; a handset cannot answer a sender name; a
message that answers nothing, or one without a reference, is pushed with an empty `reference`; the
account is in Sydney; a push is repeated on anything but 2xx, twenty times within some 65 seconds. A
receipt or reply counts as confirmed when its push was answered.
"""
