"""Actions on templates of usual notices: shown, and filled."""

from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec import Struct

from services.kernel import errors
from services.notices.contents.models import LONGEST_TEXT, Title
from services.notices.forms.models import BlankView, NoticeTemplate, NoticeTemplates
from services.notices.forms.texts import FORMS

BY_KEY: Final = {form.key: form for form in FORMS}


class UnknownTemplate(errors.InvalidInput):
    """There is no template of this key."""

    code = "unknown_notice_template"


class BlanksDetails(Struct, frozen=True, kw_only=True):
    """Blanks that were filled wrongly.

    `missing`: Names of the blanks that nothing was written in.
    `unknown`: Names that the template does not have.
    """

    missing: list[str]
    unknown: list[str]


class BadBlanks(errors.InvalidInput):
    """A blank of the template is empty, or a value has no blank; both in details."""

    code = "bad_notice_blanks"
    details_type = BlanksDetails


class TextNeeded(errors.InvalidInput):
    """A notice has a title and a text, or a template."""

    code = "notice_text_needed"


def listing() -> NoticeTemplates:
    """Return all templates: they are a few, and the same for everybody."""
    return NoticeTemplates(
        items=[
            NoticeTemplate(
                template=form.key,
                kind=form.kind,
                title=form.title,
                text=form.text,
                blanks=[BlankView(name=name, label=form.blanks[name]) for name in form.blanks],
            )
            for form in FORMS
        ]
    )


def written(
    key: str | None, values: Mapping[str, str], title: str | None, text: str | None
) -> tuple[str, str]:
    """Return title and text: those that were given, else those of the template, filled.

    Raises UnknownTemplate, BadBlanks, TextNeeded.
    """
    if key is None:
        if values:
            raise BadBlanks("没有选模板,不用填空", missing=[], unknown=sorted(values))
    else:
        made = _filled(key, values)
        title, text = title or made[0], text or made[1]
    if title is None or text is None:
        raise TextNeeded("请写标题和正文,或选一个模板")
    return title, text


def _filled(key: str, values: Mapping[str, str]) -> tuple[str, str]:
    form = BY_KEY.get(key)
    if form is None:
        raise UnknownTemplate("没有这个模板,请重新选择")
    missing, unknown = form.blanks.keys() - values.keys(), values.keys() - form.blanks.keys()
    if missing or unknown:
        labels = "、".join(form.blanks[name] for name in form.blanks if name in missing)
        said = f"还没有填:{labels}" if labels else "有的填空不在这个模板里"
        raise BadBlanks(said, missing=sorted(missing), unknown=sorted(unknown))
    title, text = form.title.format_map(values), form.text.format_map(values)
    try:
        msgspec.convert(title, Title)
    except msgspec.ValidationError:
        raise BadBlanks("标题太长,请写短一些", missing=[], unknown=[]) from None
    return title, text[:LONGEST_TEXT]
