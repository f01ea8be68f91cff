"""Problem documents (RFC 9457): each failure has a stable code and a kind Chinese sentence."""

import re
from typing import Any, Final

import msgspec
from tornado.web import HTTPError

from handlers.http.ranges import RangeNotSatisfiable
from services.dependencies import is_outage
from services.kernel import errors

STATUS_BY_ERROR: Final = (
    (errors.Unauthenticated, 401),
    (errors.Forbidden, 403),
    (errors.NotFound, 404),
    (errors.Conflict, 409),
    (errors.TooLarge, 413),
    (RangeNotSatisfiable, 416),
    (errors.InvalidInput, 422),
    (errors.TooMany, 429),
    (errors.Unavailable, 503),
)

HTTP_ERRORS: Final = {
    400: ("bad_request", "请求格式不对"),
    404: ("not_found", "没有这个地址"),
    405: ("method_not_allowed", "这个地址不支持此方法"),
    413: ("too_large", "内容太大了"),
}

# msgspec's English, sentence by sentence, as people here read it.
SENTENCES: Final = (
    (r"Object missing required field `(\w+)`", r"缺少 \1"),
    (r"Object contains unknown field `([^`]+)`", r"不认识的字段 \1"),
    (r"Invalid enum value (.+)", r"没有 \1 这个选项"),
    (r"Expected `array` of length >= (\d+)", r"至少要有 \1 项"),
    (r"Expected `array` of length <= (\d+)", r"最多 \1 项"),
    (r"Expected `(?:str|bytes)` of length >= (\d+)", r"至少 \1 个字"),
    (r"Expected `(?:str|bytes)` of length <= (\d+)", r"最多 \1 个字"),
    (r"Expected `str` matching regex .+", r"格式不对"),
    (
        r"Expected `datetime` with a timezone component",
        r"请带时区,例如 2026-03-02T09:00:00+08:00",
    ),
    (r"Invalid RFC3339 encoded datetime", r"请写成带时区的时间,例如 2026-03-02T09:00:00+08:00"),
    (r"Expected `(?:int|float|decimal)` >= (\S+)", r"不能小于 \1"),
    (r"Expected `(?:int|float|decimal)` <= (\S+)", r"不能大于 \1"),
    (r"Expected `([^`]+)`, got `([^`]+)`", r"应为 \1,收到的是 \2"),
)


NAMED: Final = re.compile(r"Object (?:missing required|contains unknown) field `([^`]+)`")


class UnreadableRequest(Exception):
    """Request that is not what the contract says. `cause`: msgspec's or the codec's error.

    A type of its own: the same error of a kept document is no fault of the client's.
    """

    def __init__(self, cause: msgspec.DecodeError | UnicodeDecodeError) -> None:
        super().__init__(str(cause))
        self.cause = cause


class FieldProblem(msgspec.Struct):
    """Error in one field of the request.

    `field`: Path of the field in the body or query, e.g. `bill_ids[0]`; empty for all of it.
    `message`: What is wrong with it, in Chinese, to be shown to people.
    """

    field: str
    message: str


class Problem(msgspec.Struct, kw_only=True):
    """The shape of every error (RFC 9457 problem details).

    `type`: Always `about:blank`: `code` tells failures apart.
    `title`: What went wrong, in Chinese, to be shown to people.
    `status`: HTTP status of this answer.
    `code`: Stable code of the failure, for programs.
    `detail`: More about this case, in Chinese; mostly empty.
    `request_id`: Id of the request, as in the X-Request-Id header: say it when asking for help.
    `errors`: Fields of the request that are wrong; empty for other failures.
    `details`: Facts about this case, for programs; which ones, the code says.
    """

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str = ""
    request_id: str = ""
    errors: list[FieldProblem] = msgspec.field(default_factory=list)
    details: dict[str, Any] = msgspec.field(default_factory=dict)


def problem_of(error: BaseException | None, status: int) -> Problem:
    """Turn what was raised into what is told. Unknown errors tell nothing of the inside."""
    match error:
        case errors.DomainError():
            code = next(s for kind, s in STATUS_BY_ERROR if isinstance(error, kind))
            cause = error.__cause__
            wrong = [field_problem(str(cause))] if _is_invalid(cause) else []
            title = f"{error.message}:{wrong[0].message}" if wrong else error.message
            details = error.details
            return Problem(
                title=title, status=code, code=error.code, errors=wrong, details=details
            )
        case UnreadableRequest(cause=msgspec.ValidationError() as cause):
            found = field_problem(str(cause))
            title = f"{found.field}:{found.message}" if found.field else found.message
            return Problem(title=title, status=422, code="invalid_input", errors=[found])
        case UnreadableRequest():
            return Problem(title="内容不是有效的 JSON", status=400, code="malformed_json")
        case HTTPError() | None:
            known, title = HTTP_ERRORS.get(status, ("http_error", "请求没有成功"))
            return Problem(title=title, status=status, code=known)
    if is_outage(error):
        return Problem(
            title="系统繁忙,请稍后再试",
            status=503,
            code="database_unavailable",
            details={"retry_after_seconds": 5},
        )
    return Problem(title="服务器开小差了,请稍后再试", status=500, code="internal")


def _is_invalid(cause: BaseException | None) -> bool:
    return isinstance(cause, msgspec.ValidationError)


def field_problem(text: str) -> FieldProblem:
    """Read msgspec's message: `Expected …, got … - at `$.field``."""
    sentence, _, where = text.partition(" - at `")
    field = where.removesuffix("`").removeprefix("$").lstrip(".")
    if named := NAMED.match(sentence):  # a field that is missing or unknown is in no place
        field = f"{field}.{named[1]}".lstrip(".")
    for pattern, chinese in SENTENCES:
        if match := re.fullmatch(pattern, sentence):
            return FieldProblem(field, match.expand(chinese))
    return FieldProblem(field, "内容不对")
