"""Rules for values of subscribe messages, by the prefix of their key."""

import re

from sandbox.mini_program.errors import MiniError

HAN = r"[\u3400-\u9fff]"
EMOJI = "\u200d\u2600-\u27bf\ufe0f\U0001f000-\U0001faff"
KEY = re.compile(r"([a-z_]+?)(\d+)")
TIME = r"\d{1,2}:\d\d(:\d\d)?"
DATE = r"\d{4}(年\d{1,2}月\d{1,2}日|[-/.]\d{1,2}[-/.]\d{1,2})"
MOMENT = rf"(({DATE})?\s?({TIME})?)"
RULES = {
    prefix: re.compile(pattern)
    for prefix, pattern in {
        "thing": rf"[^\x00-\x1f{EMOJI}]{{1,20}}",
        "phrase": rf"{HAN}{{1,5}}",
        "character_string": r"[\x21-\x7e]([\x20-\x7e]{0,31})",
        "number": r"\d+(\.\d+)?",
        "letter": r"[A-Za-z]{1,32}",
        "symbol": r"[^\w\s]{1,5}",
        "amount": r"[^\d\s]?\d{1,10}(\.\d+)?元?",
        "time": rf"(?=\S){MOMENT}(\s?~\s?{MOMENT})?",
        "date": rf"(?=\S){MOMENT}(\s?~\s?{MOMENT})?",
        "phone_number": r"[\d+\-() ]{1,17}",
        "car_number": rf"({HAN}|[A-Z0-9])[A-Z0-9]{{0,6}}({HAN}|[A-Z0-9])",
        "name": r"(?:[A-Za-z ]{1,20}|[\u3400-\u9fffA-Za-z· ]{1,10})",
        "const": r".{1,20}",
        "enum": r".{1,20}",
    }.items()
}
LONGEST_NUMBER = 32


def _check(key: str, value: object) -> None:
    match = KEY.fullmatch(key)
    rule = RULES.get(match.group(1)) if match else None
    if rule is None or not isinstance(value, str):
        raise MiniError(47003, f"argument invalid! data.{key} invalid")
    if not value.strip():
        raise MiniError(47003, f"argument invalid! data.{key}.value is emtpy")  # sic
    too_long = key.startswith("number") and len(value) > LONGEST_NUMBER
    if too_long or not rule.fullmatch(value):
        raise MiniError(47003, f"argument invalid! data.{key}.value invalid")


def check_data(data: dict[str, dict[str, object]], keys: list[str] | None) -> dict[str, str]:
    """Return the values by key; 47003 names the first that is wrong, extra or missing."""
    for key in keys or ():
        if key not in data:
            raise MiniError(47003, f"argument invalid! data.{key}.value is emtpy")
    shown = {}
    for key, cell in data.items():
        if keys is not None and key not in keys:
            raise MiniError(47003, f"argument invalid! data.{key} invalid")
        _check(key, cell.get("value"))
        shown[key] = str(cell["value"])
    if not shown:
        raise MiniError(47003, "argument invalid! data is empty")
    return shown
