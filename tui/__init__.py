"""smsdesk: the two-way SMS inbox for support staff who live in a terminal."""

__version__ = "0.1.0"
