"""Compounds to bill and cities to count, written straight in."""

from typing import Any, Final

from bench.speed.within import offices, residents
from bench.speed.within.site import Site

HOMES_IN_A_BUILDING: Final = 96
HOMES_IN_A_COMPOUND: Final = 2_000
MONTHS: Final = 2


async def write(site: Site, *, compound: str, homes: int, people: int) -> None:
    """Write a compound of so many homes, and as many people bound to each."""
    now = site.deps.now()
    await offices.ladder(site, compound)
    paths = [home(compound, number) for number in range(homes)]
    bound = [(path, f"{path}-{each}") for path in paths for each in range(people)]
    await residents.insert(
        site, "places", (residents.place(path, n, now) for n, path in enumerate(paths))
    )
    await residents.insert(
        site, "people", (offices.person(person, person, now) for _, person in bound)
    )
    await residents.insert(
        site, "residencies", (belonging(path, person) for path, person in bound)
    )


def home(compound: str, number: int) -> str:
    building, door = divmod(number, HOMES_IN_A_BUILDING)
    return f"{compound}.b{building:04d}.u{door // 24 + 1}.{door % 24 + 101}"


def belonging(home_path: str, person: str) -> dict[str, Any]:
    row = residents.residency(0)
    return {**row, "_id": f"residency-{person}", "home": home_path, "person": person}


async def write_city(site: Site, *, city: str, homes: int) -> None:
    """Write the bills of a city's homes, the last months of two fees, every fourth unpaid."""
    now, last = site.deps.now(), months_until(site) - MONTHS + 1
    rows = (
        residents.bill(city_home(city, n), number, state(n, number), now)
        for n in range(homes)
        for number in range(2 * last, 2 * (last + MONTHS))
    )
    await residents.insert(site, "bills", rows)


def months_until(site: Site) -> int:
    """Return the number of this month since January 2020."""
    now = site.deps.now()
    return (now.year - 2020) * 12 + now.month - 1


def city_home(city: str, number: int) -> str:
    compound, door = divmod(number, HOMES_IN_A_COMPOUND)
    return home(f"{city}.d{compound % 7}.s{compound % 5}.n{compound % 3}.c{compound}", door)


def state(number: int, bill: int) -> str:
    return "owing" if (number + bill) % 4 == 0 else "paid"
