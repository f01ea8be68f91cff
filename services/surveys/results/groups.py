"""Groups of a survey's results: which figures are told, so that none is about one to four.

Statistical disclosure control by primary and complementary suppression, by the one rule for it
(services/statistics/small_groups.py). All groups of a question make one tree: the whole survey,
its places down to the finest that it tells, and within these the relations to a home. Any two
groups of a tree lie in each other or are apart, so all that can be had by adding and
subtracting what is told is a told group without told parts of it; and what is withheld in it
is together about five answers or more, or about none. That is why the relations are told at
one rung only: told at two, they could be subtracted crosswise.

Each question has a tree of its own, because few may have answered one that nobody must.

What is counted for the rule are answerers, not answers: whoever answers for several homes, and
all papers that one person entered, are one of them. Otherwise four papers of a head and one
answer of a neighbour would be a group of five, of which the head knows four.
"""

from collections.abc import Mapping
from typing import Final

from services.kernel.paths import ancestors, covers
from services.residencies.models import Relation
from services.statistics import small_groups
from services.statistics.small_groups import REGISTER, SMALLEST_GROUP, Group
from services.surveys.answers.models import OFFICE
from services.surveys.models import DEPTHS, Survey

# The last segment of a leaf is a mark and a relation; no path of a place has this sign.
MARK: Final = "@"
NOBODY: Final[Mapping[str, Mapping[str, int]]] = {}
ALONE: Final = "alone"  # the cell of answers whose answerers gave no other
RESIDENTS: Final = "residents"  # all of them, where relations are not told


def leaf(survey: Survey, place: str, relation: str) -> str:
    """Return the leaf in which an answer is counted: its finest place, and its relation."""
    deep = max(DEPTHS[survey.finest], _depth(survey.place))
    finest = ".".join(place.split(".")[:deep])
    inside = finest if covers(survey.place, finest) else survey.place
    if relation == Relation.CO_OWNER:
        relation = Relation.OWNER
    told = relation if survey.by_relation or relation == OFFICE else RESIDENTS
    return f"{inside}.{MARK}{told}"


def split(node: str) -> tuple[str, str]:
    """Return the place and the relation of a node; "" for all there."""
    place, _, last = node.rpartition(".")
    return (place, last.removeprefix(MARK)) if last.startswith(MARK) else (node, "")


def _depth(place: str) -> int:
    return place.count(".") + 1


def told(
    root: str, leaves: Mapping[str, int], several: Mapping[str, Mapping[str, int]] = NOBODY
) -> dict[str, int | None]:
    """Return node → answers there; None where they are withheld. What lies below is left out.

    `root`: place of the whole survey. `leaves`: leaf → answers. `several`: leaf → answerer →
    answers there, of those who gave several in the survey; all others gave one.
    """
    groups = {
        each: _group(count, several.get(each, {})) for each, count in leaves.items() if count
    }
    if not groups:
        return {root: 0}
    hidden = small_groups.withheld(root, groups, _is_small)
    found: dict[str, int | None] = {}
    for each, group in groups.items():
        for node in ancestors(each):
            if not covers(root, node):
                continue
            if node in hidden:
                found[node] = None
                break
            found[node] = (found.get(node) or 0) + group[REGISTER]
    return found


def _group(count: int, several: Mapping[str, int]) -> Group:
    """Return a group with a cell for each answerer who gave several answers."""
    theirs = {f"{MARK}{who}": answers for who, answers in several.items()}
    return Group({REGISTER: count, ALONE: count - sum(theirs.values()), **theirs})


def _is_small(group: Group) -> bool:
    """Tell whether one to four people gave these answers."""
    answerers = group[ALONE] + sum(cell.startswith(MARK) for cell in group)
    return 0 < answerers < SMALLEST_GROUP
