"""What sessions hold about people."""

from typing import Final

from mongo_indexes import browser_sign_ins, sessions
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=sessions.COLLECTION,
        fate=Fate.REMOVED,
        title="登录设备",
        person="person",
        shows={
            "device": "设备",
            "kind": "方式",
            "created_at": "登录时间",
            "rotated_at": "最近使用",
            "expires_at": "有效期至",
            "revoked_at": "退出时间",
        },
    ),
    Holding(
        collection=browser_sign_ins.COLLECTION,
        fate=Fate.REMOVED,
        person="person",
        why="扫码登录的临时记录,一小时内自动删除",
    ),
)
