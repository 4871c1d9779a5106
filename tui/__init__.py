"""Provide smsdesk, a two-way SMS inbox for support staff in the terminal."""

__version__ = "0.1.0"
