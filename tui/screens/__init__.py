"""Screens compose widgets and route their messages; decisions are made in plain functions."""
