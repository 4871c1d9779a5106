"""The demo: five sandboxed accounts, customers who write by themselves, and a day that was."""
