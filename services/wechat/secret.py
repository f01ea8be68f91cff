"""Base of structs whose secret fields must never be printed."""

from typing import ClassVar

import msgspec


class Guarded(msgspec.Struct, frozen=True, kw_only=True):
    """A Struct whose `hidden` fields show as *** wherever the value is printed or logged."""

    hidden: ClassVar[frozenset[str]] = frozenset()

    def __repr__(self) -> str:
        shown = ", ".join(
            f"{name}={'***' if name in self.hidden else repr(getattr(self, name))}"
            for name in self.__struct_fields__
        )
        return f"{type(self).__name__}({shown})"
