"""Run the demo: sandbox accounts, customers who write, and a day of past messages."""
