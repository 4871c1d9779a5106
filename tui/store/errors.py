"""What can be wrong with the database, each as one line that names the file and the mend.

StoreError
├── CannotOpen        the file or its directory is missing, read-only or not ours
├── NotADatabase      the file holds something else
├── NewerDatabase     a later smsdesk wrote it
├── Busy              another process has held the lock for too long; nothing was written
├── CannotWrite       the disk is full or the file read-only; nothing was written
├── StaleReply        someone wrote in the conversation after the agent began
└── OptedOut          the customer must not be texted
"""


class StoreError(Exception):
    """Something the store could not do; the text is fit for an agent."""


class CannotOpen(StoreError):
    """The database file cannot be opened."""


class NotADatabase(StoreError):
    """The file is not an SQLite database, or one of another program."""


class NewerDatabase(StoreError):
    """The database was written by a later version of smsdesk."""


class Busy(StoreError):
    """Another process keeps the database locked."""


class CannotWrite(StoreError):
    """The database cannot be written to."""


class StaleReply(StoreError):
    """Something new stands in the conversation that the agent has not seen."""


class OptedOut(StoreError):
    """The customer has opted out."""
