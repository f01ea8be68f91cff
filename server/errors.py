"""Errors of the command line: one line for the person at the keyboard."""


class StartError(Exception):
    """One line for the person at the keyboard: what is wrong and what to do."""
