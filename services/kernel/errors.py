"""What can go wrong, in the words of the estate. HTTP lives in handlers/."""

from typing import Any, ClassVar


class DomainError(Exception):
    """`code` is for programs and never changes; the message is for people, in Chinese."""

    code: ClassVar[str] = "error"

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class Unauthenticated(DomainError):
    code = "unauthenticated"


class Forbidden(DomainError):
    code = "forbidden"


class NotFound(DomainError):
    code = "not_found"


class Conflict(DomainError):
    code = "conflict"


class InvalidInput(DomainError):
    code = "invalid_input"


class TooLarge(DomainError):
    code = "too_large"


class TooMany(DomainError):
    """Asked too often. `retry_after_seconds` in details says when to come back."""

    code = "too_many_requests"


class Unavailable(DomainError):
    """Something outside is not answering; nothing was lost and asking again is safe."""

    code = "unavailable"
