"""Messages: what is kept and seen of them, and the form WeChat takes them in."""

import hashlib
from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.kernel.documents import encode
from services.kernel.labels import Labelled

# The contract lists the keys of all templates under this name.
TemplateKey = Annotated[str, Meta(title="TemplateKey")]
ID_LENGTH: Final = 26
SEND: Final = "messaging.send"  # the name of the job that carries a message to WeChat


class Delivery(Labelled):
    """Delivery of a message beyond the inbox, where every message is from the start."""

    INBOX = "inbox", "只在站内"  # only there: no grant, or not tried yet
    SENDING = (
        "sending",
        "正在发送",
    )  # written down before WeChat is called, so that it is called once
    SENT = "sent", "已送达"  # WeChat took it
    REFUSED = (
        "refused",
        "微信未允许",
    )  # the person does not want it, or had no grant left at WeChat
    FAILED = "failed", "未成功"  # WeChat said no and a person of ours must look
    UNKNOWN = "unknown", "不确定"  # no answer: it may have arrived, so it is never sent again


class Channel(Labelled):
    """Channel by which WeChat carries a message beyond the inbox."""

    MINI_PROGRAM = "mini_program", "小程序订阅消息"
    SERVICE_ACCOUNT = "service_account", "公众号消息"


class Message(Struct, kw_only=True):
    """One message to one person. Its text stays as it was sent."""

    id: str = field(name="_id")  # from template, key and person: telling twice is telling once
    person: str
    template: str  # the key of it
    key: str
    values: dict[str, str]  # texts only, never a phone number
    title: str
    body: str
    page: str
    position: str  # what the inbox is sorted by
    broadcast: str = ""  # whose text it has, where its own is empty
    places: list[str] = []  # of a broadcast: the homes, or offices, for which it was sent
    narrow: bool = False  # only who has this entry may read what its broadcast tells of
    created_at: datetime
    read_at: datetime | None = None
    delivery: Delivery = Delivery.INBOX
    # Of a broadcast: a text before the present one was read; and another broadcast, which tells
    # of a correction, pushes to this person instead.
    read_before: bool = False
    taken_over: bool = False
    dropped: bool = False  # of a broadcast: another push had come within the hour
    channel: Channel | None = None  # by which it was tried
    grant: str | None = None  # the one-time grant it spends, or service_bearer
    attempted_at: datetime | None = None
    text_at: datetime | None = None  # of a broadcast written anew: when what was tried was
    wechat_id: str = ""  # WeChat's number of it, when it told us
    receipt_at: datetime | None = None  # when WeChat reported what became of it
    problem: str = ""  # what WeChat said against it
    shown_at: datetime | None = None  # when what a broadcast tells of was opened
    answered_at: datetime | None = None


class Letter(Struct, frozen=True, kw_only=True):
    """A message as WeChat takes it."""

    openid: str
    template_id: str
    data: dict[str, str]
    page: str

    @property
    def grant(self) -> str:
        return grant_id(self.openid, self.template_id)


def grant_id(openid: str, template_id: str) -> str:
    """Name the count of grants: WeChat keeps one per person and template, and so do we.

    By a digest: what WeChat calls a person stands with the person and nowhere else.
    """
    return f"{template_id}:{digest(openid)}"


def digest(openid: str) -> str:
    """Return what stands for a WeChat user in their counts of grants."""
    return hashlib.sha256(openid.encode()).hexdigest()[:40]


def service_bearer(openid: str) -> str:
    """Name what goes to a follower of the service account, in place of a grant."""
    return grant_id(openid, "service_account")


def message_id_of(template: str, key: str, person_id: str) -> str:
    """Return the id of a message: the same event tells the same person once."""
    digest = hashlib.sha256(f"{template}\n{key}\n{person_id}".encode()).digest()
    return encode(int.from_bytes(digest), ID_LENGTH)


def position(created_at: datetime, message_id: str) -> str:
    """Return a text that sorts messages by time, and those of one instant by id."""
    return f"{int(created_at.timestamp() * 1000):015d}.{message_id}"


# What clients see


class MessageView(Struct, kw_only=True):
    """Message in a person's inbox.

    `message_id`: Opaque id of the message.
    `template`: What the message is about.
    `title`: Title, in Chinese.
    `body`: Text, in Chinese.
    `page`: Page of the mini-program that the message leads to.
    `created_at`: When the message was written.
    `read_at`: When it was read; null before, and again after its text was corrected or
    withdrawn.
    `delivery`: How far the message got in WeChat.
    """

    message_id: str
    template: TemplateKey
    title: str
    body: str
    page: str
    created_at: datetime
    read_at: datetime | None
    delivery: Delivery


class Unread(Struct):
    """Unread messages.

    `unread`: Number of messages that were not read.
    """

    unread: int


class TemplateView(Struct, kw_only=True):
    """Template to ask for with wx.requestSubscribeMessage.

    `template`: What its messages are about.
    `template_id`: Id of the template at WeChat.
    `title`: What its messages are about, in Chinese.
    `left`: Number of messages the person still allows.
    """

    template: TemplateKey
    template_id: str
    title: str
    left: int
