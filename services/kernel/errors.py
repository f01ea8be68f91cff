"""Domain errors. Which HTTP status each has is decided in handlers/."""

from typing import Annotated, Any, ClassVar

from msgspec import UNSET, Meta, Struct, UnsetType

# Not services.kernel.days.Day: that module raises these errors.
DayText = Annotated[str, Meta(extra_json_schema={"format": "date"})]


class RetryAfter(Struct, frozen=True):
    """Time to wait before asking again.

    `retry_after_seconds`: Seconds to wait before asking again.
    """

    retry_after_seconds: int


class UnknownDay(Struct, frozen=True):
    """Day that was sent and does not exist, when it was for a day.

    `day`: Day that the calendar does not have, e.g. 30 February.
    """

    day: DayText | UnsetType = UNSET


class LatestDay(Struct, frozen=True):
    """Last day that is possible, when it was for a last day.

    `to_day`: Latest day that can be asked for; null when there is no limit.
    """

    to_day: DayText | UnsetType | None = UNSET


class Most(Struct, frozen=True):
    """Limit that was reached.

    `most`: Largest number that is allowed.
    """

    most: int


class MissingPermission(Struct, frozen=True):
    """Permission that the person lacks, when it was for one.

    `needs`: Permission that the operation needs.
    """

    needs: str | UnsetType = UNSET


class MissingThing(Struct, frozen=True):
    """Thing that was not found, when the request names several.

    `place`: Path of the place that does not exist for the person.
    `path`: Path of the place that has to exist first.
    `job_id`: Id of the job that is not among the dead ones.
    """

    place: str | UnsetType = UNSET
    path: str | UnsetType = UNSET
    job_id: str | UnsetType = UNSET


class DomainError(Exception):
    """`code` is for programs and never changes; the message is for people, in Chinese.

    `details_type`: what `details` holds, for programs too. A subclass has its own, or none.
    """

    code: ClassVar[str] = "error"
    details_type: ClassVar[type[Struct] | None] = None

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details

    @classmethod
    def declared_details(cls) -> type[Struct] | None:
        """Return the type of the details that errors of exactly this class carry."""
        found: type[Struct] | None = vars(cls).get("details_type")
        return found


class Unauthenticated(DomainError):
    """Nobody is signed in, or the session is over."""

    code = "unauthenticated"


class Forbidden(DomainError):
    """The person may not do this."""

    code = "forbidden"
    details_type: ClassVar[type[Struct] | None] = MissingPermission


class NotFound(DomainError):
    """There is no such thing, or none that the person may know of."""

    code = "not_found"
    details_type: ClassVar[type[Struct] | None] = MissingThing


class Conflict(DomainError):
    """The request does not fit what is there now."""

    code = "conflict"


class InvalidInput(DomainError):
    """The request is readable, and something in it cannot be."""

    code = "invalid_input"
    details_type: ClassVar[type[Struct] | None] = UnknownDay


class TooLarge(DomainError):
    """More was sent, or asked for, than is taken at once."""

    code = "too_large"


class TooMany(DomainError):
    """Asked too often. `retry_after_seconds` in details says when to come back."""

    code = "too_many_requests"
    details_type: ClassVar[type[Struct] | None] = RetryAfter


class Unavailable(DomainError):
    """Something outside is not answering; nothing was lost and asking again is safe."""

    code = "unavailable"


class Busy(Unavailable):
    """Too much is at work, or it took too long; nothing was lost and asking again is safe."""

    code = "server_busy"
    details_type: ClassVar[type[Struct] | None] = RetryAfter
