"""Emulate MessageMedia's Messages REST API under `/messagemedia/v1/...`.

Where its documentation leaves a question open, the emulator decides: bad credentials are 403 and
a missing `Authorization` is 401; both HMAC hashes are accepted; past times are accepted; `+` may be
missing; characters are code points; a stop word also appears as a reply; a delivered push does not
confirm the item; polled reports carry `error_code`; pushes are repeated seven times with doubling
pauses; the account `SmsdeskDemo` has one sub-account, `SmsdeskBranch`, and both use the same lists.
"""
