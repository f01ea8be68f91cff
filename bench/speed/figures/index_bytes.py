"""Bytes that a bill takes in indexes."""

from typing import Final

from bench.speed.models import Figure, Found, Goal, Sides
from bench.speed.stage import Product, Stage

OWING: Final = 3
PAID: Final = 9


def measure(stage: Stage) -> Found:
    homes = stage.size(500, 10_000)
    found: dict[str, list[float]] = {}
    behind: dict[str, list[float]] = {}
    with stage.products() as products:
        for name, product in products.items():
            product.ask("residents", count=homes, owing=OWING, paid=PAID)
            sizes = of_bills(product)
            found[name] = [sizes["totalIndexSize"] / sizes["count"]]
            behind[f"{name}, bytes of a bill itself"] = [sizes["storageSize"] / sizes["count"]]
    return Found({"bytes": Sides(**found)}, behind)


def of_bills(product: Product) -> dict[str, int]:
    """Return the sizes of the bills on disk, after all is written there."""
    product.shared.mongo.admin.command("fsync")
    sizes: dict[str, int] = product.db.command("collStats", "bills")
    return sizes


FIGURE: Final = Figure(
    name="index-bytes",
    title="Indexes of bills",
    about=(
        "Bytes on disk of all indexes of bills, for each bill, of homes with a year of them: "
        "three owed and nine paid."
    ),
    goals=[Goal("bytes", "bytes of indexes for each bill", unit="bytes", at_most=500)],
    measure=measure,
)
