"""Forms of usual notices: what is kept and seen of them."""

from typing import Annotated

from msgspec import Meta, Struct

from services.notices.contents.models import FormKey, Text, Title
from services.notices.models import NoticeKind


class Form(Struct, frozen=True, kw_only=True):
    """Text of a usual notice with blanks, `{blank}`. `blanks`: name → what it asks for."""

    key: str
    kind: NoticeKind
    title: str
    text: str
    blanks: dict[str, str]


class BlankView(Struct, kw_only=True):
    """Blank of a template.

    `name`: Name, for programs.
    `label`: What is to be written there.
    """

    name: FormKey
    label: Annotated[str, Meta(examples=["停水开始时间"])]


class NoticeTemplate(Struct, kw_only=True):
    """Template of a usual notice.

    `template`: Key of the template.
    `kind`: Kind of notice that it is mostly sent as.
    `title`: Title, with blanks as {name}.
    `text`: Text, with blanks as {name}.
    `blanks`: Blanks to fill.
    """

    template: FormKey
    kind: NoticeKind
    title: Title
    text: Text
    blanks: list[BlankView]


class NoticeTemplates(Struct, kw_only=True):
    """Templates of usual notices.

    `items`: All there are.
    """

    items: list[NoticeTemplate]
