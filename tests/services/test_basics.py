"""Kernel: paths, days, money, permissions, the vault."""

import re
from datetime import UTC, datetime
from fractions import Fraction

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel import days, masking, money, paths
from services.kernel.access import accessible
from services.kernel.documents import new_id
from services.kernel.errors import Forbidden, NotFound
from services.kernel.paths import in_order
from services.kernel.permissions import (
    PERMISSIONS,
    Actor,
    Grant,
    Permission,
    Role,
    require,
    require_at,
)
from services.kernel.personal_data import GONE
from services.kernel.types import LINE, TEXT
from services.kernel.vault import Unreadable, Vault

SEGMENTS = st.text("0123456789abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=3)
PATHS = st.lists(SEGMENTS, min_size=1, max_size=5).map(".".join)


@given(ancestor=PATHS, place=PATHS)
def test_the_range_of_a_place_is_the_place_and_all_under_it(ancestor: str, place: str) -> None:
    bounds = paths.under(ancestor)
    in_range = bounds["$gte"] <= place < bounds["$lt"]
    assert in_range == paths.covers(ancestor, place)


@given(places=st.lists(PATHS, max_size=8), place=PATHS)
def test_outermost_places_cover_the_same(places: list[str], place: str) -> None:
    kept = paths.outermost(places)
    assert any(paths.covers(p, place) for p in places) == any(
        paths.covers(p, place) for p in kept
    )


@given(places=st.lists(PATHS, max_size=8), place=PATHS, at_once=st.integers(1, 3))
def test_filters_for_each_place_find_the_same_in_order(
    places: list[str], place: str, at_once: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "AT_ONCE", at_once)
        found = [one["home"] for one in paths.under_each("home", places)]
    assert any(paths.covers(p, place) for p in places) == any(
        one["$gte"] <= place < one["$lt"] and re.search(one.get("$regex", ""), place)
        for one in found
    )
    edges = [edge for one in found for edge in (one["$gte"], one["$lt"])]
    assert edges == sorted(edges)


def test_no_places_match_nothing() -> None:
    assert paths.under_any("home", []) == {"home": {"$in": []}}


@given(area=st.integers(1, 10**8), price=st.integers(1, 10**6), months=st.integers(1, 12))
def test_area_charges_round_half_up_once(area: int, price: int, months: int) -> None:
    exact = Fraction(area, 100) * Fraction(price, 10_000) * months * 100
    charged = money.area_charge(area, price, Fraction(months))
    assert money.half_up(charged) == int(exact + Fraction(1, 2))


@pytest.mark.parametrize(
    ("fen", "text", "capital"),
    [
        (5118, "51.18", "伍拾壹元壹角捌分"),
        (0, "0.00", "零元整"),
        (100, "1.00", "壹元整"),
        (1_000_000_000, "10000000.00", "壹仟万元整"),
        (10, "0.10", "壹角"),
        (10_005, "100.05", "壹佰元零伍分"),
    ],
)
def test_amounts_as_people_read_them(fen: int, text: str, capital: str) -> None:
    assert money.yuan(fen) == text
    assert money.capital_yuan(fen) == capital


@given(st.integers(0, 10**13))
def test_capitals_are_those_of_the_library(fen: int) -> None:
    assert money.capital_yuan(fen) == cn2an.an2cn(money.yuan(fen), "rmb")


@given(st.text("0001", min_size=1, max_size=13))
def test_zeros_in_capitals_are_those_of_the_library(digits: str) -> None:
    assert money.capital_yuan(int(digits)) == cn2an.an2cn(money.yuan(int(digits)), "rmb")


def test_prices_keep_the_decimals_they_need() -> None:
    assert [money.price_yuan(p) for p in (6000, 3850, 12345, 10_000)] == [
        "0.60",
        "0.385",
        "1.2345",
        "1.00",
    ]


def test_a_day_is_a_beijing_day() -> None:
    evening = datetime(2026, 3, 31, 16, 0, tzinfo=UTC)
    assert days.day_of(evening) == "2026-04-01"
    assert days.month_of(evening) == "2026-04"
    assert days.start_of("2026-04-01") == evening


def test_who_has_left_is_masked_as_nobody() -> None:
    assert (masking.name("王建国"), masking.phone("+8613812345678")) == ("王*", "138****5678")
    assert masking.name(GONE) == masking.phone(GONE) == "已注销"


@given(month=st.integers(0, 1199), shift=st.integers(-200, 200))
def test_months_add_up(month: int, shift: int) -> None:
    text = f"20{month // 12:02d}-{month % 12 + 1:02d}"
    assert days.plus_months(days.plus_months(text, shift), -shift) == text


def test_ids_sort_by_time_and_differ() -> None:
    early, late = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
    ids = {new_id(early) for _ in range(1000)}
    assert len(ids) == 1000
    assert max(ids) < new_id(late)


@given(text=st.text(max_size=50))
def test_what_is_sealed_opens_only_in_its_place(text: str) -> None:
    vault = Vault({"k1": b"1" * 32})
    sealed = vault.seal(text, place="people/1/phone")
    assert vault.unseal(sealed, place="people/1/phone") == text
    with pytest.raises(Unreadable):
        vault.unseal(sealed, place="people/2/phone")


def test_a_new_key_reads_old_values_and_finds_old_people() -> None:
    old = Vault({"k1": b"1" * 32})
    new = Vault({"k2": b"2" * 32, "k1": b"1" * 32})
    assert new.unseal(old.seal("x", place="p"), place="p") == "x"
    assert new.blind("x", purpose="phone") == old.blind("x", purpose="phone")
    assert new.seal("x", place="p").startswith("k2.")
    with pytest.raises(Unreadable):
        old.unseal(new.seal("x", place="p"), place="p")


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("permission", Permission)
def test_a_permission_holds_at_its_place_and_under_it_only(
    role: Role, permission: Permission
) -> None:
    actor = Actor("p", "s", (Grant(role, "c.b1.u1"),))
    holds = permission in PERMISSIONS[role]
    assert actor.may(permission, "c.b1.u1") == holds
    assert actor.may(permission, "c.b1.u1.101") == holds
    for elsewhere in ("c", "c.b1", "c.b1.u2", "c.b1.u11", "c.b2.u1"):
        assert not actor.may(permission, elsewhere)


def test_forbidden_looks_missing_and_nowhere_is_forbidden() -> None:
    head = Actor("p", "s", (Grant(Role.UNIT_HEAD, "c.b1.u1"),))
    require_at(head, Permission.VIEW_UNPAID, "c.b1.u1")
    with pytest.raises(NotFound):
        require_at(head, Permission.VIEW_UNPAID, "c.b1.u2")
    with pytest.raises(Forbidden):
        require(head, Permission.MANAGE_FEES)


@pytest.mark.parametrize(
    "text", ["王秀兰", " 搬家 ", "a", "\u3000修缮", "👨\u200d👩\u200d👧", "O'Neil"]
)
def test_one_line_holds_what_people_type(text: str) -> None:
    assert re.search(LINE, text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\u3000\u3000",
        "\u200b",
        "\ufeff ",
        "\xa0",
        "a\n",
        "a\x00b",
        "\u202eb",
        "a\u2028",
        "a\u061cb",  # Arabic letter mark
        "a\u200fb",
        "a\u2066b",
        "a\u202eb",
        "\u3164",  # Hangul filler
        "\u2800",  # Braille blank
        "\xad\u2060",
        "\U000e0041",  # a tag
        "\ufe0f",
    ],
)
def test_one_line_holds_neither_nothing_nor_what_hides(text: str) -> None:
    assert not re.search(LINE, text)


@pytest.mark.parametrize("text", ["一行", "第一行\n第二行", "\n\n有字", "尾\n", "a\nb\n\nc"])
def test_a_text_has_lines(text: str) -> None:
    assert re.search(TEXT, text)


@pytest.mark.parametrize("text", ["", "\n", " \n\u3000", "a\rb", "a\x00", "a\n\u202eb", "a\tb"])
def test_a_text_hides_nothing(text: str) -> None:
    assert not re.search(TEXT, text)


@pytest.mark.parametrize("pattern", [LINE, TEXT])
def test_a_long_text_is_read_in_one_pass(pattern: str) -> None:
    """No pattern tries again from every character: half a million of them would not end."""
    assert not re.search(pattern, "\u200b" * 500_000)
    assert not re.search(pattern, "a" * 500_000 + "\x00")


@pytest.mark.parametrize(
    ("role", "place", "answer"),
    [
        (Role.COMMUNITY_STAFF, "c.b1", "park"),
        (Role.COMMUNITY_STAFF, "c.b2", NotFound),
        (Role.UNIT_HEAD, "c.b1.u1", Forbidden),  # sees it elsewhere: told that it is not theirs
        (Role.UNIT_HEAD, "c.b1.u2", NotFound),
        (Role.OWNER, "c.b1.u1", NotFound),
    ],
)
def test_who_may_not_know_of_a_thing_is_told_that_it_is_missing(
    role: Role, place: str, answer: str | type[Exception]
) -> None:
    def asked(person: str, found: str | None) -> str:
        return accessible(
            Actor(person, "s", (Grant(role, place),)),
            found,
            Permission.DECIDE_HOMES,
            at=lambda _: "c.b1.u1.101",
            people=lambda _: ["li", None],
            missing="没有",
            known_by=[Permission.ADVISE_HOMES],
            forbidden="由社区办理",
        )

    assert asked("li", "park") == "park"  # one's own, whatever one holds
    with pytest.raises(NotFound, match="没有"):
        asked("li", None)
    if isinstance(answer, str):
        assert asked("wang", "park") == answer
        return
    with pytest.raises(answer) as refusal:
        asked("wang", "park")
    assert refusal.value.args == ("由社区办理" if answer is Forbidden else "没有",)


def test_places_are_in_the_order_in_which_people_count() -> None:
    places = ["cc.c7.b10.u1", "cc.c7.b2.u10", "cc.c7.b2.u2", "cc.c7.b2"]
    assert sorted(places, key=in_order) == [*reversed(places[1:]), places[0]]
