"""Cases 19-30: subscribe messages, pushes, content checks, codes."""

from sandbox.cases.steps import (
    GET_TOKEN,
    LOGIN_CODE,
    SEND,
    Step,
    ctl,
    fault,
    later,
    product,
    pushes,
    subscribe,
)

CASES: dict[int, tuple[str, list[Step]]] = {
    19: ("message sent", [subscribe(), product("send")]),
    20: (
        "43101 without a grant; one accept, one message",
        [product("send"), subscribe(), product("send"), product("send")],
    ),
    21: (
        "43101 after the user switched the messages off",
        [pushes(), subscribe(), ctl("users/li/unsubscribe"), product("send")],
    ),
    22: (
        "47003 naming the field: too long, too long a phrase, empty, newline, emoji",
        [subscribe()]
        + [
            product("send", data={key: {"value": value}})
            for key, value in {
                "thing1": "长" * 21,
                "phrase2": "六个汉字太长",
                "thing3": "",
                "thing4": "上\n下",
                "thing5": "停水😀",
            }.items()
        ],
    ),
    23: (
        "template deleted: 40037",
        [ctl("settings", deleted_templates=["T1"]), subscribe(), product("send")],
    ),
    24: (
        "page not in the released version: 41030",
        [
            ctl("settings", released_pages=["pages/index/index"]),
            subscribe(),
            product("send", page="pages/bill/bill?id=1"),
        ],
    ),
    25: (
        "daily quota reached in the middle of a batch: 45009",
        [fault(SEND, nth=2, times=None, errcode=45009), subscribe("T1", "T2", "T3")]
        + [product("send", template_id=each) for each in ("T1", "T2", "T3")],
    ),
    26: (
        "message accepted, answer lost: the grant is gone",
        [subscribe(), fault(SEND, drop="after"), product("send"), product("send")],
    ),
    27: (
        "pushes: one object, an array, XML; forged, another app's, repeated, answered late",
        [
            pushes(),
            subscribe("T1"),
            subscribe("T1", "T2"),
            pushes("xml"),
            subscribe("T1", "T2"),
            pushes("json", "plain"),
            subscribe("T1"),
            pushes(),
            ctl("push/send", sign="bad", event={"Event": "subscribe_msg_popup_event"}),
            ctl("push/send", appid="{other_appid}", event={"Event": "wxa_media_check"}),
            subscribe("T1", copies=2),
            pushes(timeout_seconds=1),
            product("hangs"),
            product("answers_with", statuses=[500, 500, 500]),
            subscribe("T1"),
            later(60),
        ],
    ),
    28: (
        "msg_sec_check: pass, review, risky, -1, and 61010 after two hours",
        [LOGIN_CODE]
        + [product("check_text", content=text) for text in ("您好", "疑似词", "违禁词")]
        + [fault("/wxa/msg_sec_check", errcode=-1), product("check_text", content="您好")]
        + [later(7201), GET_TOKEN, product("check_text", content="您好")],
    ),
    29: (
        "media check: pushed soon, in half an hour, never, download failed, unknown, old shape",
        [
            LOGIN_CODE,
            pushes(),
            product("check_media"),
            later(5),
            ctl("settings", media={"after_seconds": 1800}),
            product("check_media"),
            later(1800),
            ctl("settings", media={"outcome": "never", "after_seconds": 5}),
            product("check_media"),
            later(2100),
            ctl("settings", media={"outcome": "download_failed"}),
            product("check_media"),
            later(5),
            ctl("push/send", event={"Event": "wxa_media_check", "trace_id": "unknown"}),
            ctl("settings", media={"outcome": "risky", "shape": "v1"}),
            product("check_media"),
            later(5),
        ],
    ),
    30: (
        "qrcode: an image, and with the same HTTP 200 an error: page, quota, scene of 33",
        [
            ctl("settings", released_pages=["pages/index/index"]),
            product("qrcode"),
            product("qrcode", page="pages/gone"),
            fault("/wxa/getwxacodeunlimit", errcode=45009),
            product("qrcode"),
            product("qrcode", scene="x" * 33),
        ],
    ),
}
