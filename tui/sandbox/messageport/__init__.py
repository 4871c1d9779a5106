"""MessagePort (REST API v1) under `/messageport/rest/v1/`: `POST messages` and `GET users`, basic
auth. Everything that comes back is pushed as a form to the desk's address; nothing can be polled.

Numbers with a fixed answer, beside those of `tui.sandbox.handset`:

    61400000402   finds no credits (402)
    61400000406   is on the opt-out list (406)

The receipt says FAILED whatever the reason was, and nothing before the end. What the documentation
leaves open is settled like this: checks run in the order credentials, method, form, country,
opt-out, credits; a path that does not exist is 404 and another method 405, both in the form of the
documented errors; of a repeated field the last one counts; whoever texts a stop word joins the
opt-out list; a sender name cannot be answered; a message that answers nothing, or one without a
reference, is pushed with an empty `reference`; the account is in Sydney; a push is repeated on
anything but 2xx, twenty times within some 65 seconds. A receipt or reply counts as confirmed when
its push was answered.
"""
