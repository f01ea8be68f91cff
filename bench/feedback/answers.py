"""Survey of any number of answers: what it takes to count, to read and to export, and memory.

Thirty questions of all kinds, and the same places for both: memory may grow with places and
questions, and not with answers. It is the most that Python holds meanwhile (tracemalloc). What
is told of the whole survey is compared with a recount by hand.
"""

import random
import time
import tracemalloc
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any, Final

from bench.crowd import batches
from bench.pairs import Case, is_kept, note, say
from mongo_indexes.survey_results import COLLECTION
from services.audiences.models import Audience
from services.dependencies import Dependencies
from services.kernel.documents import digest_id, to_document
from services.kernel.paths import ancestors
from services.kernel.permissions import Actor, Grant, Role
from services.kernel.tables import Workbook
from services.places.models import LADDER, Place
from services.residencies.models import Relation
from services.surveys import jobs
from services.surveys.answers.models import SurveyAnswer
from services.surveys.feature import RESULTS
from services.surveys.models import Finest, Per, Survey
from services.surveys.questions import QuestionKind, Scale, SurveyQuestion
from services.surveys.results import actions as results
from services.surveys.results.models import SurveyResultsQuery
from services.surveys.states import SurveyState

COMMUNITY: Final = "cc.d0.s0.x000"
UNITS: Final = [
    f"{COMMUNITY}.c{c}.b{b}.u{u}" for c in range(3) for b in range(5) for u in range(4)
]
QUESTIONS: Final = [
    SurveyQuestion(kind=QuestionKind.SINGLE, text="?", options=["1", "2", "3", "4"]),
    SurveyQuestion(kind=QuestionKind.SCALE, text="?", scale=Scale(to=10, labels=["1", "2"])),
    SurveyQuestion(kind=QuestionKind.SHORT_TEXT, text="?"),
] * 10
SURVEY: Final = "survey"
STAFF: Final = Actor("staff", "", (Grant(Role.COMMUNITY_STAFF, COMMUNITY),))
ROWS_AT_ONCE: Final = 500  # of one page of an export
MOST: Final = 1.5  # times the memory, whatever the answers


class Answers:
    """A survey of `size` answers; `deps`: whose database they are written into."""

    def __init__(self, deps: Dependencies, size: int) -> None:
        self.deps, self.size = deps, size
        self.by_hand = Counter[str]()

    async def write(self) -> None:
        known = dict.fromkeys(each for unit in UNITS for each in ancestors(unit))
        now = self.deps.now()
        rows = [
            Place(
                id=path, kind=LADDER[path.count(".")], name=path, address=path, created_at=now
            )
            for path in known
        ]
        await self.deps.db.places.insert_many(map(to_document, rows))
        await self.deps.db.surveys.insert_one(to_document(self._survey()))
        for batch in batches(self._answers(), 2_000):
            await self.deps.db.survey_answers.insert_many(batch, ordered=False)

    def _survey(self) -> Survey:
        now = self.deps.now()
        return Survey(
            id=SURVEY,
            state=SurveyState.CLOSED,
            role=Role.COMMUNITY_STAFF,
            place=COMMUNITY,
            places=[COMMUNITY],
            senders=[f"{Role.COMMUNITY_STAFF}|{COMMUNITY}"],
            author="bench",
            changed_by="bench",
            title="?",
            signed_by="?",
            questions=QUESTIONS,
            audience=Audience(places=[COMMUNITY], relations=[*Relation]),
            per=Per.PERSON,
            finest=Finest.UNIT,
            by_relation=True,
            closes_at=now - timedelta(days=1),
            created_at=now,
            changed_at=now,
        )

    def _answers(self) -> Iterator[dict[str, Any]]:
        """Yield answers as they are kept, and count them by hand."""
        chance, relations = random.Random(7), [*Relation][:4]  # noqa: S311  # each run the same
        now = self.deps.now()
        for number in range(self.size):
            choices: list[str] = []
            for at, question in enumerate(QUESTIONS, 1):
                steps = len(question.options) or (question.scale.to if question.scale else 0)
                choices += [f"{at}", *([f"{at}={chance.randint(1, steps)}"] if steps else [])]
            self.by_hand.update(choices)
            home = f"{UNITS[number % len(UNITS)]}.{number // len(UNITS)}"
            yield to_document(
                SurveyAnswer(
                    id=digest_id("bench", f"{number}"),
                    survey=SURVEY,
                    by_home=False,
                    person=f"{number}",
                    home=home,
                    place=home,
                    relation=chance.choice(relations),
                    choices=choices,
                    answered_at=now,
                )
            )


async def count(each: Answers) -> None:
    """Count a survey by its job, as the worker does."""
    await jobs.count(each.deps, {"survey_id": SURVEY})


async def export(each: Answers) -> None:
    """Write all results into a file, page by page, as the worker does."""
    query, book = (
        SurveyResultsQuery(limit=ROWS_AT_ONCE),
        Workbook(RESULTS.title, RESULTS.columns),
    )
    while True:
        page = await RESULTS.page(each.deps, STAFF, SURVEY, query)
        book.add(page.items)
        if page.next_cursor is None:
            break
        query = SurveyResultsQuery(limit=ROWS_AT_ONCE, cursor=page.next_cursor)
    book.close()


async def peak(work: Callable[[Answers], Awaitable[None]], each: Answers) -> tuple[float, int]:
    """Return the seconds that some work takes, and the most bytes that it holds."""
    note(f"{work.__name__} of {each.size} answers")
    tracemalloc.start()
    began = time.perf_counter()
    await work(each)
    took, held = time.perf_counter() - began, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return took, held


async def measure(pair: Sequence[Answers]) -> bool:
    """Print what counting and exporting took. Raises AssertionError for a wrong count.

    Return whether what is promised of memory is kept.
    """
    sizes = [f"{each.size:,} answers" for each in pair]
    say(f"| work | {sizes[0]} | {sizes[1]} | memory | memory | ratio of memory |")
    say("|---|---|---|---|---|---|")
    worst = 0.0
    for work, name in ((count, "counted"), (export, "exported")):
        (early, few), (late, many) = [await peak(work, each) for each in pair]
        worst = max(worst, many / few)
        megabytes = f"{few / 2**20:.0f} MB | {many / 2**20:.0f} MB"
        say(f"| {name} | {early:.1f} s | {late:.1f} s | {megabytes} | {many / few:.2f} |")
    for each in pair:
        await require_recount(each)
    rows = await pair[-1].deps.db[COLLECTION].count_documents({"survey": SURVEY})
    say("")
    kept = is_kept(worst, MOST, of=" of memory")
    say(f"There are {rows:,} results, and what is told of all is what a recount finds.\n")
    return kept


async def require_recount(each: Answers) -> None:
    found = Counter[str]()
    whole = {"survey": SURVEY, "place": COMMUNITY, "relation": ""}
    async for row in each.deps.db[COLLECTION].find(whole):
        found.update({f"{row['question']}": row["answered"], **row["counts"]})
    if found != each.by_hand:
        raise AssertionError("the results are not what a recount finds")


def page(name: str, **asked: Any) -> Case[Answers]:
    async def read(each: Answers) -> list[Any]:
        query = SurveyResultsQuery(**asked)
        return (await results.listing(each.deps, STAFF, SURVEY, query)).items

    return Case(name, read, COLLECTION)


PAGES: Final = (
    page("results"),
    page("results of a unit", place=UNITS[0]),
    page("results of a question", question=2),
)
