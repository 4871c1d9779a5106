"""Emulate SerwerSMS.pl, HTTPS API v2, under `/serwersms/<group>/<action>`.

An action has the suffix `.json`, `.xml` or none, and a JSON or urlencoded body. The token is
`sandbox-token`. Errors are HTTP 200.

Numbers +48690000nnn carry the `reason` of a failure:

    001 message_expired      006 limit_exhausted  011 number_is_blacklisted
    002 unsupported_number   007 lock_send        012 sending_to_foreign_networks_is_locked
    003 message_rejected     008 wrong_message    013 no_permission_to_send_messages
    004 missed_call          009 operator_error   014 other_error
    005 wrong_number         010 wrong_sender_name

001 to 005, 009 and 014 end as `undelivered`, the others as `unsent`. A send to +4869111nnnn is
refused with error nnnn, if that is documented.

Where the documentation leaves a question open, the emulator decides: general errors (too many
numbers or ids, own ids that do not match, unreadable values) are 1006; group and contact ids are
unknown (1004); an empty text is 3101, a missing one 2000; a sender that is not approved is 3106;
flash and voice are not permitted (3008, 3007); the invalid number of a single send is an item,
too; own ids may be used twice; a number that is twice in a list gets two messages; a deleted
message disappears from the reports; without `page` and `limit` everything is returned, but only the
latest 100 reports if there is no filter; incoming messages are returned oldest first and are
numbered per type, all from 1001; one to a number of four or five digits is `pre` if that begins
with 7 and `nd` otherwise; the XML format is our own.

Pushes replace the macros of a template: `dlr_url` for reports, else the desk's address with
`?smsid=#SMSID#&stan=#STAN#&data=#DATA#&przyczyna=#PRZYCZYNA#`; replies are pushed to the desk with
`?wiadomosc=#WIADOMOSC#&numer=#NUMER#&data=#DATA#&id=#ID#&type=eco` (or nd, ndi, pre). `#STAN#` is
a status of the reports. An MMS is posted as the JSON object that polling returns. Verification is
on: only the answer `OK` counts, else the push is repeated after 5, 10, 15 and 60 minutes. A receipt
counts as confirmed when its push was answered or a report was requested, a reply when it was marked
as read or its push was answered; both stay readable, except what is marked as read.
"""
