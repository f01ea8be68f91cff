"""Steps that scripts of cases are made of."""

from typing import Any

Step = dict[str, Any]

JSCODE = "/sns/jscode2session"
TOKEN = "/cgi-bin/stable_token"  # noqa: S105 - a path
SEND = "/cgi-bin/message/subscribe/send"
JSAPI = "/v3/pay/transactions/jsapi"
BY_NUMBER = "/v3/pay/transactions/out-trade-no/{no}"


def ctl(path: str, **body: Any) -> Step:
    return {"ctl": f"POST /__ctl/{path}", "body": body}


def fault(path: str, *, nth: int = 1, times: int | None = 1, **action: Any) -> Step:
    return ctl("faults", match={"path": path, "nth": nth, "times": times}, action=action)


def product(verb: str, **arguments: Any) -> Step:
    return {"product": verb, "with": arguments}


def pay(**how: Any) -> Step:
    return ctl("users/li/pay", prepay_id="{prepay_id}", **how)


def later(seconds: float) -> Step:
    return ctl("clock", advance_seconds=seconds)


def subscribe(*template_ids: str, **how: Any) -> Step:
    return ctl("users/li/subscribe", template_ids=list(template_ids or ("T1",)), **how)


def pushes(form: str = "json", mode: str = "safe", **more: Any) -> Step:
    return ctl("push", url="{push_url}", format=form, mode=mode, sent_events=False, **more)


def spoilt(**craft: Any) -> list[Step]:
    """Steps of a payment whose first notice is wrong and whose repeat after 15 s is right."""
    return [PREPAY, pay(notify_fault=craft), later(15)]


def crafted(**craft: Any) -> Step:
    return ctl("notify", out_trade_no="{no}", **craft)


def wish_refunds(outcome: str, after_seconds: float = 1) -> Step:
    return ctl("settings", refunds={"outcome": outcome, "after_seconds": after_seconds})


STILL = ctl("clock", frozen=True)
LOGIN_CODE = ctl("users/li/login-code")
PHONE_CODE = ctl("users/li/phone-code", phone="13800000000")
PREPAY, QUERY, CLOSE = product("prepay"), product("query"), product("close")
PAID = [PREPAY, pay()]
LOGIN, PHONE, GET_TOKEN = product("login"), product("phone"), product("token")
IMPATIENT = {"seconds": 0.2}  # how long the product waits for an answer
