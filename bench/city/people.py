"""Those who ask: one of each sort, who live or work in the middle of the city."""

from typing import Final, NamedTuple

from bench.city.cases import waits
from bench.city.layout import Compound, Home, Layout, person_id
from bench.city.money import LATE, RHYTHMS
from bench.city.register import (
    FIRST_OF_STAFF,
    ROLES_OF_A_COMPOUND,
    session_id,
    staff_of_community,
    staff_of_compound,
)
from services.sessions import tokens

OWES: Final = len(RHYTHMS) * LATE  # of so many homes one owes each sort of arrears


class Cast(NamedTuple):
    """Compound in the middle, home of somebody who owes, and tokens by what people are.

    `head`: home of the unit's head, with whom some feedback lies. `period`: the present month.
    """

    compound: Compound
    home: Home
    head: Home
    period: str
    tokens: dict[str, str]

    @property
    def unit(self) -> str:
        return unit_of(self.head)

    @property
    def building(self) -> str:
        return self.unit.rpartition(".")[0]

    @property
    def community(self) -> str:
        return self.compound.community

    @property
    def subdistrict(self) -> str:
        return self.community.rpartition(".")[0]


def cast_of(layout: Layout) -> Cast:
    """Return who asks. Raises StopIteration for a city of less than a building."""
    compound = layout.compound(layout.count // 2)
    home = next(each for each in compound.homes if each.people and each.number % OWES == 1)
    # The first home of each unit is that of its head; something lies with the one who asks.
    heads = [each for each in compound.homes if each.path.endswith(".101") and each.people]
    head = next(each for each in heads if waits(layout, compound, unit_of(each)))
    numbers = {
        "resident": 2 * home.number,
        "unit head": 2 * head.number,
        "grid head": 2 * compound.homes[1].number,
        "community": staff_of_community(int(compound.community.rpartition(".x")[2])),
        "administrator": FIRST_OF_STAFF,
        "auditor": FIRST_OF_STAFF + 1,
    }
    for number, role in enumerate(ROLES_OF_A_COMPOUND):
        numbers[role.value] = staff_of_compound(compound, number)
    known = {who: token_of(layout, n) for who, n in numbers.items()}
    return Cast(compound, home, head, layout.periods[-1], known)


def unit_of(home: Home) -> str:
    return home.path.rpartition(".")[0]


def token_of(layout: Layout, number: int) -> str:
    return tokens.issue_access(
        layout.deps.vault,
        person_id=person_id(number),
        session_id=session_id(layout, number),
        serial=0,
        at=layout.deps.now(),
    )
