"""Errors of the command line, each one line that a person reads."""


class StartError(Exception):
    """One line for the person at the keyboard: what is wrong and what to do."""
