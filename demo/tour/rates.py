"""Collection rates as the tour reads them: before and after, and in words."""

from typing import Any, Final

from demo.tour.visit import Visit

TITLES: Final = {
    "household_rate": "户收费率",
    "amount_rate": "收费率",
    "arrears_recovery_rate": "清缴率",
}


async def of_place(visit: Visit, who: str, place: str) -> dict[str, Any]:
    """Return the three rates of the property fee in the latest month."""
    span = f"period={visit.periods[-1]}&kind=property_fee"
    found = await visit.ask(who, "GET", f"/places/{place}/rates?{span}")
    rates: dict[str, Any] = found["rates"]
    return rates


def rises(name: str, before: dict[str, Any], after: dict[str, Any]) -> bool:
    return bool(after[name]["numerator"] > before[name]["numerator"])


def shown(rates: dict[str, Any]) -> str:
    """Write the three rates as people say them; a dash where there was nothing to divide by."""
    return " ".join(f"{title} {_percent(rates[name])}" for name, title in TITLES.items())


def _percent(rate: dict[str, Any]) -> str:
    points = rate["basis_points"]
    return "—" if points is None else f"{points / 100:.2f}%"
