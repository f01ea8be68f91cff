"""Errors of the mini-program API: HTTP 200 with an errcode."""

import secrets

from sandbox.web import Answer

MESSAGES = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40003: "invalid openid",
    40013: "invalid appid",
    40029: "invalid code",
    40033: "invalid charset. please check your request, if include \\uxxxx will create fail!",
    40037: "invalid template_id",
    40066: "invalid url",
    40125: "invalid appsecret",
    40129: "invalid scene",
    40163: "code been used",
    40226: "high risk user, login is not allowed",
    41001: "access_token missing",
    41002: "appid missing",
    41004: "appsecret missing",
    41008: "missing code",
    41030: "invalid page",
    42001: "access_token expired",
    43002: "require POST method",
    43004: "require subscribe",
    43101: "user refuse to accept the msg",
    43104: "appid not match openid",
    44002: "empty post data",
    45103: "this api has been retired",
    45109: "uniform message has been retired",
    47001: "data format error",
    47003: "argument invalid!",
    48001: "api unauthorized",
    10060001: "payment order not exist",
    10060002: "payment order already shipped",
    61010: "code is expired",
    87009: "invalid signature",
}


class MiniError(Exception):
    def __init__(self, errcode: int, errmsg: str = "") -> None:
        self.errcode = errcode
        self.errmsg = errmsg or MESSAGES.get(errcode, "error")
        super().__init__(errcode, self.errmsg)

    def answer(self) -> Answer:
        text = f"{self.errmsg} rid: {secrets.token_hex(4)}-{secrets.token_hex(4)}"
        return Answer.json({"errcode": self.errcode, "errmsg": text})
