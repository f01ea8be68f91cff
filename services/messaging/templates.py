"""Values of message templates as people read them."""

import re
from collections.abc import Mapping
from datetime import date, datetime

from services.kernel.templates import Template
from services.wechat.template_values import moment


def write(template: Template, values: Mapping[str, str]) -> dict[str, str]:
    """Return what a template speaks of, as people read it; ValueError for the rest."""
    names = template.names
    if missing := names - values.keys():
        raise ValueError(f"message without {', '.join(sorted(missing))}")
    return {name: written(name, values[name]) for name in sorted(names)}


def written(name: str, value: str) -> str:
    """Write a value as people read it; what it is, its name tells. ValueError otherwise.

    `amount`: yuan, 51.18 or ¥51.18; `…_at`: RFC 3339; `…_on`: a day; `period`: month or words.
    """
    match name.rpartition("_")[2]:
        case "amount":
            if not (yuan := re.fullmatch(r"¥?(\d{1,8}\.\d\d)", value)):
                raise ValueError(f"{name}: not yuan with two decimals")
            return f"{yuan[1]}元"
        case "at":
            return moment(datetime.fromisoformat(value))
        case "on":
            day = date.fromisoformat(value)
            return f"{day.year}年{day.month}月{day.day}日"
        case "period" if month := re.fullmatch(r"(\d{4})-0?(\d{1,2})", value):
            return f"{month[1]}年{month[2]}月"
        case _:
            return value
