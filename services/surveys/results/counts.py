"""Counts of a survey: all answers in one aggregation, and the results that may be told."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from sys import intern
from time import monotonic
from typing import Final

from services import deadlines
from services.dependencies import Dependencies
from services.kernel.documents import digest_id
from services.kernel.paths import ancestors, in_order
from services.surveys.answers import store as answers
from services.surveys.models import DEPTHS, Survey
from services.surveys.results import groups
from services.surveys.results.groups import RESIDENTS
from services.surveys.results.models import SurveyResult

Tokens = Counter[str]
Several = dict[int, dict[str, Counter[str]]]  # question → leaf → answerer → answers there
AT_ONCE: Final = 500  # answerers of one query
# A job counts, and nobody waits for it: some millions of answers of a city are minutes.
COUNT_SECONDS: Final = 600.0


async def by_leaf(deps: Dependencies, survey: Survey) -> dict[str, Tokens]:
    """Return leaf → token → answers. Memory grows with places, not with answers."""
    depth = max(DEPTHS[survey.finest], survey.place.count(".") + 1)
    found: dict[str, Tokens] = defaultdict(Counter)
    with deadlines.until(monotonic() + COUNT_SECONDS):
        async for row in answers.counts(deps.db, survey.id, depth):
            leaf = groups.leaf(survey, row["place"], row["relation"])
            found[leaf].update({intern(each["k"]): each["v"] for each in row["counts"]})
    return found


async def several(deps: Dependencies, survey: Survey) -> Several:
    """Return what those gave who answered more than once. Memory grows with them alone."""
    found: Several = defaultdict(lambda: defaultdict(Counter))
    with deadlines.until(monotonic() + COUNT_SECONDS):
        who = [each async for each in answers.repeated(deps.db, survey.id)]
        for start in range(0, len(who), AT_ONCE):
            some = who[start : start + AT_ONCE]
            async for row in answers.of_answerers(deps.db, survey.id, some):
                leaf = groups.leaf(survey, row["place"], row["relation"])
                for token in filter(str.isdigit, row["choices"]):
                    found[int(token)][leaf][row["answerer"]] += 1
    return found


def results(
    survey: Survey, leaves: Mapping[str, Tokens], repeated: Several
) -> Iterator[SurveyResult]:
    """Yield what may be told of all that was answered."""
    sums = _summed(leaves)
    for number in range(1, len(survey.questions) + 1):
        name = f"{number}"
        answered = {leaf: tokens[name] for leaf, tokens in leaves.items()}
        told = groups.told(survey.place, answered, repeated.get(number, groups.NOBODY))
        for node, count in told.items():
            if groups.split(node)[1] != RESIDENTS:
                yield _result(survey, node, number, count, sums.get(node, Counter()))


def _summed(leaves: Mapping[str, Tokens]) -> dict[str, Tokens]:
    found: dict[str, Tokens] = defaultdict(Counter)
    for leaf, tokens in leaves.items():
        for node in ancestors(leaf):
            found[node].update(tokens)
    return found


def _result(
    survey: Survey, node: str, number: int, count: int | None, tokens: Tokens
) -> SurveyResult:
    place, relation = groups.split(node)
    own = (f"{number}=", f"{number}_")
    counts = {token: n for token, n in sorted(tokens.items()) if token.startswith(own)}
    return SurveyResult(
        id=digest_id("survey_result", survey.id, node, number),
        survey=survey.id,
        position=_position(place, number, relation),
        place=place,
        question=number,
        relation=relation,
        answered=count,
        counts={} if count is None else counts,
    )


def _position(place: str, number: int, relation: str) -> str:
    """Return a text that sorts results: places as people count them, questions, all first."""
    path = ".".join(f"{n:06d}" if n >= 0 else f"~{text}" for n, text in in_order(place))
    return f"{path}!{number:02d}!{relation}"
