"""Cases 1-18: login, phone number, access token."""

from sandbox.cases.steps import (
    GET_TOKEN,
    IMPATIENT,
    JSCODE,
    LOGIN,
    LOGIN_CODE,
    PHONE,
    PHONE_CODE,
    STILL,
    TOKEN,
    Step,
    ctl,
    fault,
    later,
    product,
)

CASES: dict[int, tuple[str, list[Step]]] = {
    1: ("login ok, no errcode in the answer", [LOGIN_CODE, LOGIN]),
    2: ("login with a bad code: 40029", [product("login", code="no-such-code")]),
    3: ("login code used twice: 40163", [LOGIN_CODE, LOGIN, LOGIN]),
    4: ("login code older than five minutes", [LOGIN_CODE, later(301), LOGIN]),
    5: ("high-risk user: 40226", [ctl("users/li/login-code", blocked=True), LOGIN]),
    6: ("too many logins a minute: 45011", [LOGIN_CODE, fault(JSCODE, errcode=45011), LOGIN]),
    7: (
        "system busy twice, then ok",
        [LOGIN_CODE, fault(JSCODE, times=2, errcode=-1), LOGIN, LOGIN, LOGIN],
    ),
    8: (
        "login answer lost after WeChat consumed the code",
        [LOGIN_CODE, fault(JSCODE, drop="after"), LOGIN, LOGIN],
    ),
    9: (
        "unionid absent, then present",
        [LOGIN_CODE, LOGIN, ctl("users/li/login-code", unionid=True), LOGIN],
    ),
    10: ("phone number, countryCode a string", [PHONE_CODE, PHONE]),
    11: (
        "phone number, countryCode a number",
        [ctl("users/li/phone-code", phone="13800000000", country_code=86), PHONE],
    ),
    12: (
        "phone number with the watermark of another app",
        [
            ctl(
                "users/li/phone-code",
                phone="13800000000",
                watermark_appid="{other_appid}",
            ),
            PHONE,
        ],
    ),
    13: ("phone code used twice: 40163", [PHONE_CODE, PHONE, PHONE]),
    14: (
        "stable_token: the same until its last five minutes, then old and new both work",
        [
            STILL,
            GET_TOKEN,
            GET_TOKEN,
            later(6901),
            GET_TOKEN,
            product("qrcode", token=0),
            product("qrcode", token=2),
        ],
    ),
    15: (
        "token evicted mid-flight: 40001 for every call under way, then ok",
        [
            GET_TOKEN,
            ctl("tokens/evict"),
            product("qrcode", times=100),
            GET_TOKEN,
            product("qrcode"),
        ],
    ),
    16: (
        "40001 for ever",
        [fault("/wxa/", times=None, errcode=40001), *[GET_TOKEN, product("qrcode")] * 2],
    ),
    17: (
        "wrong secret, then an address that is not white-listed, on the token call",
        [fault(TOKEN, errcode=40125), fault(TOKEN, errcode=40164), GET_TOKEN, GET_TOKEN],
    ),
    18: (
        "token call slow, then 502",
        [
            fault(TOKEN, delay_seconds=9),
            product("token", **IMPATIENT),
            fault(TOKEN, http=502, message="Bad Gateway"),
            GET_TOKEN,
        ],
    ),
}
