"""Screens compose widgets and route what they post; decisions live in plain functions."""
