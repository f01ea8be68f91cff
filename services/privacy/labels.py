"""Labels in Chinese for the codes and paths in a person's export."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from services.dependencies import Dependencies
from services.kernel.acts import Act
from services.kernel.documents import Document
from services.kernel.permissions import RUNGS
from services.places import actions as places

ACTS: Final[dict[Act, str]] = {
    Act.SIGNED_IN: "登录",
    Act.SIGNED_OUT: "退出登录",
    Act.SIGNED_OUT_EVERYWHERE: "退出所有设备",
    Act.SESSION_ENDED: "退出一台设备",
    Act.REFRESH_REUSED: "旧登录凭证被再次使用,已退出",
    Act.BROWSER_ALLOWED: "允许网页登录",
    Act.BROWSER_REFUSED: "拒绝网页登录",
    Act.BROWSER_LOOKED_AT: "查看网页登录请求",
    Act.CONFIRMATION_ASKED: "请求再次确认",
    Act.CONFIRMED: "再次确认本人",
    Act.PHONE_PROVED: "验证手机号",
    Act.PLACE_ADDED: "登记地点",
    Act.GRID_CHANGED: "调整网格",
    Act.PLACE_CONTACT_CHANGED: "更改办公电话",
    Act.APPOINTED: "任命",
    Act.SUBSTITUTED: "指定代理",
    Act.RESIGNED: "辞任",
    Act.APPOINTMENT_ENDED: "免去职务",
    Act.HANDED_OVER: "移交工作",
    Act.HAND_OVER_RECEIVED: "接收移交",
    Act.CONTACT_CHANGED: "更改电话公开范围",
    Act.FIRM_ADDED: "登记物业企业",
    Act.CONTRACT_SIGNED: "登记物业合同",
    Act.CONTRACT_CONTACT_CHANGED: "更改物业电话",
    Act.CONTRACT_ENDED: "终止物业合同",
    Act.HOME_REQUESTED: "申请绑定房屋",
    Act.HOME_WITHDRAWN: "撤回房屋申请",
    Act.HOME_ADVISED: "对房屋申请提意见",
    Act.HOME_PASSED_ON: "房屋申请转社区",
    Act.HOME_PROOF_REMOVED: "删除证明照片",
    Act.HOME_DECIDED: "决定房屋申请",
    Act.HOME_INVITED: "邀请绑定房屋",
    Act.INVITATION_REVOKED: "收回邀请",
    Act.INVITATION_ACCEPTED: "接受邀请",
    Act.CODES_PRINTED: "打印绑定码",
    Act.CODE_USED: "使用绑定码",
    Act.RESIDENT_ADDED: "登记住户",
    Act.RESIDENT_CHANGED: "更改住户登记",
    Act.RESIDENCY_ENDED: "结束房屋关系",
    Act.OWNER_CHANGED: "房屋过户",
    Act.HOME_CORRECTED: "更正房屋登记",
    Act.REGISTER_UPLOADED: "上传登记表",
    Act.REGISTER_CONFIRMED: "确认导入登记表",
    Act.REGISTER_DISCARDED: "放弃登记表",
    Act.REGISTER_UNDONE: "撤回导入",
    Act.PAYEE_ADDED: "登记收款单位",
    Act.PAYEE_ENDED: "停用收款单位",
    Act.FEE_RULE_ADDED: "制定收费标准",
    Act.FEE_RULE_ENDED: "停用收费标准",
    Act.BILL_RUN_STARTED: "开始出账",
    Act.BILL_RUN_PUBLISHED: "发布账单",
    Act.BILL_RUN_CANCELLED: "取消出账",
    Act.BILL_RUN_WITHDRAWN: "撤回出账",
    Act.BILL_VOIDED: "作废账单",
    Act.PAYMENT_ORDERED: "下单支付",
    Act.SUSPENSE_RETURNED: "退回待核款项",
    Act.REFUND_RETRIED: "重新退款",
    Act.PHOTO_ADDED: "上传照片",
    Act.CONSENT_GIVEN: "同意",
    Act.CONSENT_WITHDRAWN: "撤回同意",
    Act.REVEALED: "查看完整信息",
    Act.EXPORTED: "导出本人信息",
    Act.ERASED: "注销账号",
    Act.AUDIT_READ: "查看操作记录",
    Act.REFUSED: "被拒绝的操作",
}
FEES: Final = {"property_fee": "物业费", "waste_fee": "生活垃圾处理费"}
STATES: Final = {
    "created": "待支付",
    "prepaid": "待支付",
    "unknown": "待核对",
    "paid": "已支付",
    "closed": "已关闭",
    "suspended": "核对中",
    "requested": "已申请",
    "sent": "已提交微信",
    "done": "已完成",
    "failed": "未成功",
    "abnormal": "待人工处理",
    "with_head": "等待三长意见",
    "with_community": "等待社区决定",
    "accepted": "已通过",
    "rejected": "未通过",
    "withdrawn": "已撤回",
    "open": "有效",
    "used": "已使用",
    "revoked": "已收回",
    "offered": "待接收",
    "replaced": "已被替换",
    "received": "已接收",
}
# Label → what is written under it → how people say it.
WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "关系": {
        "owner": "业主",
        "co_owner": "共有人",
        "family": "家属",
        "tenant": "租户",
        "payer": "代缴亲友",
    },
    "绑定方式": {
        "phone": "手机号",
        "request": "申请",
        "invitation": "邀请",
        "code": "绑定码",
    },
    "职务": {role: role.label for role in RUNGS},
    "状态": STATES,
    "微信送达": {
        "inbox": "只在站内",
        "sending": "正在发送",
        "sent": "已送达",
        "refused": "微信未允许",
        "failed": "未成功",
        "unknown": "不确定",
    },
    "方式": {"wechat": "微信小程序", "browser": "网页"},
    "用途": {"proof": "证明材料"},
    "电话对谁公开": {"nobody": "不公开", "residents": "本楼住户", "everyone": "所有人"},
    "文件": {"privacy": "隐私政策", "proof": "证明材料告知"},
    "结果": {"done": "完成", "refused": "拒绝"},
    "操作": {act.value: words for act, words in ACTS.items()},
}
# Labels under which a place stands.
PLACES: Final = frozenset({"房屋", "范围", "地点"})
# Inside the lines of an order or a receipt.
LINE: Final = {
    "bill_id": "账单号",
    "home": "房屋",
    "kind": "费用",
    "period": "账期",
    "explanation": "计算方法",
    "amount_fen": "金额(分)",
}


async def translate(deps: Dependencies, rows: Sequence[Document]) -> None:
    """Replace codes by words and paths by addresses, in place."""
    paths = sorted(set(_paths(rows)))
    addresses = await places.addresses(deps, paths) if paths else {}
    for row in rows:
        for label, value in row.items():
            row[label] = _translated(label, value, addresses)


def _paths(rows: Sequence[Document]) -> Iterator[str]:
    for row in rows:
        yield from (row[label] for label in PLACES if isinstance(row.get(label), str))
        yield from (line["home"] for line in row.get("账单", []) if "home" in line)


def _translated(label: str, value: Any, addresses: Mapping[str, str]) -> Any:
    if label in PLACES and isinstance(value, str):
        return addresses.get(value, value)
    if label == "账单":
        return [_line(line, addresses) for line in value]
    if isinstance(value, str):
        return WORDS.get(label, {}).get(value, value)
    return value


def _line(line: Document, addresses: Mapping[str, str]) -> Document:
    said = {LINE.get(name, name): value for name, value in line.items()}
    said["费用"] = FEES.get(said.get("费用", ""), said.get("费用"))
    said["房屋"] = addresses.get(said.get("房屋", ""), said.get("房屋"))
    return said
