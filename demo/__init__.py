"""A believable compound, so that a first look shows something: no real people in it."""

from demo.load import load_if_empty
from demo.people import who_is_who

__all__ = ["load_if_empty", "who_is_who"]
