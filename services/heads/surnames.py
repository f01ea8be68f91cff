"""Surnames of Chinese names, to address a head by: 王单元长, 欧阳楼栋长."""

import re
from typing import Final

# The usual surnames of two characters, when a given name follows; else the first character.
SURNAME: Final = re.compile(
    "(?:欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|慕容|司徒|令狐|夏侯|端木|宇文|长孙|闻人)(?=.)|."
)


def surname(name: str) -> str:
    """Return the family name; of a name that is only that, all of it."""
    found = SURNAME.match(name)
    return found[0] if found else ""
