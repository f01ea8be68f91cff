"""Identity numbers, and a residency whose phone is proved at the same moment."""

from copy import deepcopy

import pytest

from services.dependencies import Transaction
from services.kernel import id_numbers, phones
from services.kernel.documents import ALPHABET
from services.residencies import actions as residencies
from services.residencies import enrolment
from services.residencies.actions import ResidencyMoved
from services.residencies.models import Enrolment, Newcomer, Relation, Residency, Way
from tests.build.cast import LI_HOME, PHONES, STAFF
from tests.build.sign_ins import Member
from tests.build.world import World

PHONE = f"+86{PHONES['li']}"


@pytest.mark.parametrize(
    "text", ["11010519491231002X", " 11010519491231002x ", "440524188001010014"]
)
def test_the_examples_of_the_standard_are_numbers(text: str) -> None:
    assert id_numbers.normalise(text) == text.strip().upper()


@pytest.mark.parametrize(
    "text",
    [
        "110105194912310021",  # the check character
        "11010519491231003X",
        "010105194912310020",  # no region begins so
        "11010519491331002X",  # a thirteenth month
        "110105491231002",  # fifteen digits ended with 2012
        "١١٠١٠٥١٩٤٩١٢٣١٠٠٢X",  # digits, but not these
        "",
    ],
)
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(id_numbers.InvalidIdNumber):
        id_numbers.normalise(text)


def test_no_day_that_is_none_although_the_check_character_is_right() -> None:
    body = "11010519490230002"
    with pytest.raises(id_numbers.InvalidIdNumber):
        id_numbers.normalise(body + id_numbers.check_mark(body))


@pytest.mark.parametrize("at", range(17))
def test_one_wrong_digit_is_found(at: int) -> None:
    right = "11010519491231002X"
    wrong = right[:at] + str((int(right[at]) + 1) % 10) + right[at + 1 :]
    with pytest.raises(id_numbers.InvalidIdNumber):
        id_numbers.normalise(wrong)


def newcomer(**more: str) -> Newcomer:
    return Newcomer(
        home=LI_HOME,
        relation=Relation.OWNER,
        name="李明",
        from_day="2026-01-01",
        source="staff:test",
        **more,
    )


async def move_in(world: World, **more: str) -> Residency:
    async def work(tx: Transaction) -> Residency:
        return await residencies.move_in(world.deps, tx, newcomer(**more))

    return await world.deps.in_transaction(work)


async def test_ids_are_not_to_be_guessed_and_rows_are_sealed(world: World) -> None:
    rows = [await move_in(world, phone=PHONE) for _ in range(3)]
    tails = {row.id[10:] for row in rows}  # after the time: 80 random bits
    assert len(tails) == 3
    assert all(len(row.id) == 26 and set(row.id) <= set(ALPHABET) for row in rows)
    kept = str(await world.db.residencies.find().to_list())
    assert "李明" not in kept
    assert PHONES["li"] not in kept


async def test_a_phone_proved_while_it_is_written_is_never_missed(world: World) -> None:
    """Staff began to write before the number was proved and end after it: they start again."""
    signed: list[Member] = []

    async def work(tx: Transaction) -> Residency:
        assert await residencies.of_home(world.deps, LI_HOME, tx=tx) == []
        if not signed:
            signed.append(await world.sign_in("li", PHONES["li"]))
        return await residencies.move_in(world.deps, tx, newcomer(phone=PHONE))

    await world.deps.in_transaction(work)
    [row] = await world.db.residencies.find().to_list()
    assert (row["person"], row["bound_by"]) == (signed[0].person_id, "phone")


async def test_a_phone_proved_while_the_register_changes_it(world: World) -> None:
    """The old number, proved while it is being replaced, holds nothing afterwards."""
    row = await move_in(world, phone=PHONE)
    signed: list[Member] = []

    async def change(tx: Transaction) -> None:
        found = await residencies.find(world.deps, row.id, tx=tx)
        assert found is not None
        if not signed:
            signed.append(await world.sign_in("li", PHONES["li"]))
        await residencies.give_phone(
            world.deps, tx, STAFF, found, "+8613900000099", because="换号"
        )

    await world.deps.in_transaction(change)
    [kept] = await world.db.residencies.find().to_list()
    assert kept["person"] is None
    me = await world.api.get("/api/v1/me", as_=signed[0])
    assert me.body["homes"] == []


async def test_a_register_still_binds_by_phone(world: World) -> None:
    li = await world.sign_in("li", PHONES["li"])
    listed = [
        Enrolment(
            home=LI_HOME,
            number=n,
            name="李明",
            phone=phone,
            relation=Relation.OWNER,
        )
        for n, phone in enumerate((phones.normalise(PHONES["li"]), None))
    ]

    async def work(tx: Transaction) -> None:
        await enrolment.enrol(world.deps, tx, listed, source="import-1", from_day="2026-01-01")

    for _ in range(2):
        await world.deps.in_transaction(work)
    rows = await world.db.residencies.find().sort("phone_index", -1).to_list()
    assert [(r["person"], r["bound_by"]) for r in rows] == [
        (li.person_id, "phone"),
        (None, None),
    ]


async def test_who_was_bound_first_stays_whatever_the_second_had_read(world: World) -> None:
    """Both read the row while nobody was bound; one of them is told that it moved."""
    row = await move_in(world)
    again = deepcopy(row)

    async def bind(seen: Residency, person: str) -> None:
        async def work(tx: Transaction) -> None:
            await residencies.bind(world.deps, tx, seen, person, way=Way.CODE)

        await world.deps.in_transaction(work)

    await bind(row, "first")
    with pytest.raises(ResidencyMoved):
        await bind(again, "second")
    with pytest.raises(ResidencyMoved):  # nor when the row was read afterwards
        await bind(row, "second")
    [kept] = await world.db.residencies.find().to_list()
    assert kept["person"] == "first"


async def test_an_end_written_meanwhile_is_not_bound_over(world: World) -> None:
    row = await move_in(world)
    ended = {"$set": {"to_day": "2026-02-01"}}
    await world.db.residencies.update_one({"_id": row.id}, ended)

    async def work(tx: Transaction) -> None:
        await residencies.bind(world.deps, tx, row, "li", way=Way.CODE)

    with pytest.raises(ResidencyMoved):
        await world.deps.in_transaction(work)
