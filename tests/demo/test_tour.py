"""The tour against the running product, and each chapter's word about what it needs."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import pytest

from demo.desk import Desk
from demo.people import ROLES
from demo.site import Site
from demo.tour.chapters import CHAPTERS, NoSuchChapter, before, chosen, listing
from demo.tour.visit import Visit
from demo.visitor import Guest, Visitor
from services.jobs import schedules
from services.kernel.days import day_of
from services.reconciliations import jobs as reconciliations
from tests.build.world import World

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Attended(Visitor):
    """A visitor after whose every request the worker does what is due."""

    world: World

    async def ask(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        answer = await super().ask(method, path, body, **options)
        await self.world.work()
        return answer


class Traced(Visit):
    """A visit that writes down which chapter left a thing behind, and which took it up."""

    def __init__(self, visitor: Visitor, today: str) -> None:
        self.chapter = ""
        self.left_by: dict[str, str] = {}
        self.taken_by: dict[str, set[str]] = defaultdict(set)
        super().__init__(visitor, today)
        self.people = People(self)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in Visit.__annotations__:
            self.left_by[name] = self.chapter
        super().__setattr__(name, value)

    def __getattribute__(self, name: str) -> Any:
        if name in Visit.__annotations__:
            self.taken_by[self.chapter].add(self.left_by[name])
        return super().__getattribute__(name)


class People(dict[str, Guest]):
    """Who is signed in; staff of the demo sign in by themselves in any chapter."""

    def __init__(self, visit: Traced) -> None:
        self._visit = visit
        self._staff = {person.name for person in ROLES} - {"resident"}

    def __setitem__(self, who: str, guest: Guest) -> None:
        self._visit.left_by[who] = self._visit.chapter
        super().__setitem__(who, guest)

    def __getitem__(self, who: str) -> Guest:
        if who not in self._staff:
            self._visit.taken_by[self._visit.chapter].add(self._visit.left_by[who])
        return super().__getitem__(who)


async def test_the_whole_tour_works_and_each_chapter_names_what_it_needs(
    laid: Site, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciliations, "KEPT_DAYS", 2)
    await schedules.plan(world.deps, reconciliations.SCHEDULES, None)
    assert laid.mark.is_founded
    url = f"{world.api.base}/wx/push"
    await world.wechat.do("push", url=url, format="json", mode="safe")
    await world.wechat.do("settings", refunds={"after_seconds": 0})  # its clock stands still
    visitor = Attended(world.api.base, Desk(world.wechat.base), world)
    visit = Traced(visitor, day_of(world.clock.now))
    for chapter in CHAPTERS:
        visit.chapter = chapter.name
        for step in chapter.steps:
            assert await step(visit)
        made = {earlier.name for earlier in before(chapter)} | {chapter.name}
        assert visit.taken_by[chapter.name] <= made, chapter.name


def test_every_chapter_is_listed_with_what_it_plays_first() -> None:
    assert listing().count("\n") == len(CHAPTERS) - 1
    assert "(after compound, bills, resident, daughter)" in listing()


def test_needs_come_in_the_lists_order_and_from_earlier_chapters() -> None:
    names = [chapter.name for chapter in CHAPTERS]
    assert len(set(names)) == len(names)
    for place, chapter in enumerate(CHAPTERS):
        assert set(chapter.needs) <= set(names[:place])
        earlier = [names.index(needed.name) for needed in before(chapter)]
        assert earlier == sorted(earlier)


def test_an_unknown_chapter_names_those_there_are() -> None:
    with pytest.raises(NoSuchChapter, match="'cooking': choose compound, heads, bills"):
        chosen("cooking")
