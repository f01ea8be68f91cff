"""A believable compound, so that a first look shows something: no real people in it."""

from server.demo.load import load_if_empty
from server.demo.people import who_is_who

__all__ = ["load_if_empty", "who_is_who"]
