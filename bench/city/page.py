"""Page of a city's growth: made of one run, nothing in it is typed by hand."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import mongo_indexes
from bench.city import sizes
from bench.city.bounds import EXCEPTED, MOST, excepted, too_much
from bench.city.layout import Scale
from bench.city.reads import Read
from bench.city.sizes import Size
from bench.city.stage import Asked
from bench.product import ROOT, machine

PAGE: Final = ROOT / "docs" / "reference" / "growth.md"
LARGE: Final = 1_000_000
YEARS: Final = (1, 10)
MODULES: Final = {module.COLLECTION: module for module in mongo_indexes.ALL}
KB, GB = 1_000, 1_000_000_000
HEAD: Final = """# How a city grows

`make city-bench HOMES={homes}` wrote this page on {day}: `bench/city/` writes a city of
{homes:,} homes and {months} months with the product's own models, lets the product count its
sums, asks for what residents, heads, cashiers, staff and the worker ask for, and has the
database explain each query. What follows from it is in [Growth](../explanation/growth.md).
Sizes are those on disk, compressed by the storage engine. Writing took {minutes:.0f} minutes.

Machine: {machine}.
"""
QUERIES: Final = """## What each query reads

{shapes} shapes of queries were asked; each was explained for whoever asked it, in all {parts}
parts: what is united or looked up in one command is told apart. The promise is at most
{most} keys and {most} documents for each row that is found{kept}.
Of each collection and index the part is shown that read most for a row. "By id": a key for each
id that was asked for, whether there is such a document or not. "Of sums": rows were added up,
and those that were added are what counts.

| reads more by its nature | index | bound | because |
|---|---|---|---|
"""
SHARDS: Final = """## Shard keys

What the modules of `mongo_indexes/` say, for collections that grow by the year. A unique index
has to begin with the shard key: where it cannot, a collection stays whole.

| collection | shard key | part of the yearly growth |
|---|---|---|
"""
COLUMNS: Final = """
| collection | index | keys | documents | rows | per row | first asked by |
|---|---|---|---|---|---|---|
"""
SIZES: Final = """## What a home takes

Of {homes:,} homes after {months} months: {each:.0f} kB of a home, {share:.0%} of it indexes.
Bytes are of one document: as it is, on disk, and in indexes, the largest of which is named.
Indexes but `_id_` are built when all is written, and so as dense as can be: what grows by the
day takes up to half as much more in them.

| collection | of a home | plain | on disk | indexes | largest index | kB of a home | kept |
|---|---|---|---|---|---|---|---|
"""
LATER: Final = """## {homes:,} homes

What so many homes come to, by calculation: what a home has once stays as it is, what is
removed after some days fills up once, and the rest grows by the year.

| collection | after {first} year | after {last} years |
|---|---|---|
"""


class Run(NamedTuple):
    """What a page is made of. `minutes`: that writing took."""

    scale: Scale
    day: str
    minutes: float
    asked: Sequence[Asked]
    sizes: Sequence[Size]


def write(run: Run, to: Path = PAGE) -> None:
    to.write_text(page(run), encoding="utf-8")


def page(run: Run) -> str:
    parts = [_head(run), _queries(run.asked), _sizes(run), _later(run), _shards(run)]
    return "\n".join(parts)


def _head(run: Run) -> str:
    return HEAD.format(
        homes=run.scale.homes,
        months=run.scale.months,
        day=run.day,
        machine=machine(),
        minutes=run.minutes,
    )


def _queries(asked: Sequence[Asked]) -> str:
    parts = [read for each in asked for read in each.reads]
    more = [read for each in asked for read in too_much(each)]
    kept = all(excepted(read) for read in more)
    head = QUERIES.format(
        shapes=len({each.query.shape for each in asked}),
        parts=len(parts),
        most=MOST,
        kept=" (kept, but for what the first table names)" if kept else " (broken)",
    )
    known = "".join(
        f"| `{each.collection}` | `{each.index}` | {each.bound} | {each.because} |\n"
        for each in EXCEPTED
    )
    return "".join([head, known, COLUMNS, *_rows(asked)])


def _rows(asked: Iterable[Asked]) -> Iterator[str]:
    """Yield a row for each collection and index, those that read most for a row first."""
    parts = [(each, read) for each in asked for read in each.reads]
    read_some = [(each, read) for each, read in parts if read.keys or read.documents]
    rows: dict[tuple[str, str], str] = {}
    for each, read in sorted(read_some, key=lambda pair: _weight(*pair), reverse=True):
        rows.setdefault((read.collection, read.index), _row(each, read))
    yield from rows.values()
    nothing = [read for _, read in parts if not read.keys and not read.documents]
    names = sorted({f"`{read.collection}`" for read in nothing})
    yield f"\n{len(nothing)} parts found nothing and read nothing: of {', '.join(names)}.\n"


def _weight(asked: Asked, read: Read) -> tuple[float, int]:
    return (1.0 if _is_by_id(asked, read) else read.per_row), read.keys


def _is_by_id(asked: Asked, read: Read) -> bool:
    return asked.query.named > read.rows and read.keys <= MOST * asked.query.named


def _row(asked: Asked, read: Read) -> str:
    each = f"{read.per_row:.1f}{' of sums' if read.sums else ''}"
    if _is_by_id(asked, read):
        each = "by id"
    found = f"| {read.keys:,} | {read.documents:,} | {read.rows:,} | {each} "
    return f"| `{read.collection}` | `{read.index}` {found}| {_asked_by(asked.by)} |\n"


def _asked_by(step: str) -> str:
    who, _, what = step.partition(": ")
    return f"{who}: `{what}`" if "/" in what or "?" in what else f"{who}: {what}"


def _sizes(run: Run) -> str:
    years = run.scale.months / 12
    each = sizes.of_a_home(run.sizes, run.scale, years) / KB
    share = sizes.index_share(run.sizes)
    head = SIZES.format(homes=run.scale.homes, months=run.scale.months, each=each, share=share)
    return head + "".join(_size(size, run.scale) for size in run.sizes)


def _size(size: Size, scale: Scale) -> str:
    name, largest = size.largest
    one = [size.plain, size.stored, size.indexes]
    plain, stored, indexes = (f"{part / size.documents:,.0f}" for part in one)
    kept = f"{size.kept_days} days" if size.kept_days else "for good"
    kept = "once" if size.name in sizes.ONCE else kept
    each, count = size.on_disk / scale.homes / KB, size.documents / scale.homes
    return (
        f"| `{size.name}` | {count:.2f} | {plain} | {stored} | {indexes} "
        f"| `{name}`, {largest / size.documents:,.0f} | {each:.2f} | {kept} |\n"
    )


def _later(run: Run) -> str:
    first, last = YEARS
    head = LATER.format(homes=LARGE, first=first, last=last)
    rows = [
        f"| `{size.name}` | {' | '.join(_large(size.after(y, run.scale)) for y in YEARS)} |\n"
        for size in sorted(run.sizes, key=lambda size: -size.after(last, run.scale))
    ]
    homes = [sizes.of_a_home(run.sizes, run.scale, years) for years in YEARS]
    total = f"| **all** | {' | '.join(f'**{_large(each)}**' for each in homes)} |\n"
    yearly = (homes[1] - homes[0]) / (last - first) / KB
    each = f"{homes[0] / KB:.0f} kB in its first year and {yearly:.0f} kB in each later one"
    return "".join([head, *rows, total, f"\nA home takes {each}.\n"])


def _large(of_a_home: float) -> str:
    return f"{of_a_home * LARGE / GB:,.1f} GB"


def _shards(run: Run) -> str:
    """Return the table of shard keys: of what grows, the fastest first."""
    grown = {s.name: s.after(2, run.scale) - s.after(1, run.scale) for s in run.sizes}
    whole = sum(grown.values())
    rows = [
        f"| `{name}` | {_key(MODULES[name].SHARD_KEY)} | {grown[name] / whole:.1%} |\n"
        for name in sorted(grown, key=lambda name: -grown[name])
        if grown[name]
    ]
    return "".join([SHARDS, *rows])


def _key(shard_key: dict[str, Any] | None) -> str:
    if shard_key is None:
        return "none: stays whole"
    return ", ".join(
        f"`{name}`{' hashed' if k == 'hashed' else ''}" for name, k in shard_key.items()
    )
