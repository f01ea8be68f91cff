"""Errors of WeChat Pay: status, code, message."""

from typing import Any

from sandbox.web import Answer


class PayError(Exception):
    def __init__(
        self, status: int, code: str, message: str, detail: dict[str, Any] | None = None
    ) -> None:
        super().__init__(code, message)
        self.status, self.code, self.message, self.detail = status, code, message, detail

    def answer(self) -> Answer:
        body: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.detail is not None:
            body["detail"] = self.detail
        return Answer.json(body, self.status)


def param_error(field: str, issue: str, location: str = "body") -> PayError:
    detail = {"location": location, "field": field, "issue": issue}
    return PayError(400, "PARAM_ERROR", f"参数错误：{issue}", detail)


def invalid_request(message: str) -> PayError:
    return PayError(400, "INVALID_REQUEST", message)


def sign_error(issue: str) -> PayError:
    detail = {"location": "authorization", "field": "signature", "issue": issue}
    return PayError(401, "SIGN_ERROR", f"签名错误：{issue}", detail)
