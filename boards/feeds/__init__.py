"""Feeds: files of numbers, read and checked. What of them counts is written by `boards.actions.feeds`."""
