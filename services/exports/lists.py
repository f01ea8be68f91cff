"""Lists as exports: the kind of a file that names one, what it is of, what it is asked for."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from services.dependencies import Dependencies
from services.kernel.errors import InvalidInput, NotFound
from services.kernel.lists import List
from services.kernel.pages import ListQuery
from services.kernel.paths import PlacePath
from services.kernel.permissions import Actor
from services.kernel.types import Id

PREFIX: Final = "list:"  # what the kind of an exported list begins with
# Subjects of lists that are paths of places; any other is an id.
OF_PLACES: Final = frozenset({"place", "home"})


class BadSubject(InvalidInput):
    """What the list is of is missing, superfluous, or no path and no id."""

    code = "bad_subject"


class BadFilters(InvalidInput):
    """Filters that the list's own address would not take either."""

    code = "bad_filters"


def kind_of(found: List) -> str:
    """Return the kind of the files of a list."""
    return f"{PREFIX}{found.name}"


def name_in(kind: str) -> str:
    """Return the name of the list whose files are of a kind; empty for other files."""
    return kind.removeprefix(PREFIX) if kind.startswith(PREFIX) else ""


def get(deps: Dependencies, name: str) -> List:
    """Return a list that packages registered. Raises NotFound."""
    found = deps.features.lists.get(name)
    if found is None:
        raise NotFound("没有这个列表")
    return found


def subject_of(found: List, said: str) -> str:
    """Return what a list is of, if it can be that: it goes into the audit, where it stays.

    Raises BadSubject.
    """
    if bool(said) != bool(found.subject):
        needed = f"请用 subject 写明是哪一个({found.subject})的列表"
        raise BadSubject(needed if found.subject else "这个列表不用写 subject")
    kind: Any = PlacePath if found.subject in OF_PLACES else Id
    try:
        return msgspec.convert(said, kind) if found.subject else ""
    except msgspec.ValidationError as error:
        raise BadSubject("subject 不是地方或编号") from error


def query_of(found: List, filters: Mapping[str, str]) -> ListQuery:
    """Return what is asked of a list. Raises BadFilters for what it does not know."""
    if filters.keys() & ListQuery.__struct_fields__:
        raise BadFilters("导出的是整个列表,不用分页")
    try:
        return msgspec.convert(filters, found.query, strict=False)
    except msgspec.ValidationError as error:
        raise BadFilters("筛选条件不对,请检查") from error


async def require_readable(
    deps: Dependencies, actor: Actor, found: List, subject: str, filters: Mapping[str, str]
) -> None:
    """Raise what the list raises for this actor, or BadFilters."""
    query = msgspec.structs.replace(query_of(found, filters), limit=1)
    await found.page(deps, actor, subject, query)
