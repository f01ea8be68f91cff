"""What the database reads for each query of the product, as its own explanation counts it.

A listener keeps the commands; each shape of query is explained once, with the figures of its
execution. Parts that a pipeline unites or looks up are told apart.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec import Struct
from pymongo.monitoring import CommandListener

from services.dependencies import Database

FIELDS: Final = {
    "find": ("filter", "sort", "projection", "limit", "skip", "hint"),
    "aggregate": ("pipeline", "hint", "cursor"),
    "count": ("query", "hint", "limit", "skip"),
    "distinct": ("key", "query", "hint"),
    "findAndModify": ("query", "sort", "update", "remove", "fields", "upsert", "new", "hint"),
}
WRITES: Final = {"update": "updates", "delete": "deletes"}
GROUPS: Final = ("group", "GROUP")
SCAN: Final = "COLLSCAN"
MATCHED: Final = ("nReturned", "nMatched", "nWouldDelete")
Plan = Mapping[str, Any]


class Query(Struct, frozen=True):
    """Query that was asked. `shape`: which field is asked for how; its values do not matter.

    `named`: how many documents it asks for by their ids, each of which is a key, there or not.
    """

    collection: str
    shape: str
    command: dict[str, Any]
    named: int = 0


class Read(Struct, frozen=True):
    """What a part of a query read. `rows`: those it found, before they were added up.

    `index`: names of the indexes; SCAN where the whole collection was read. `sums`: whether
    many rows became few by adding up.
    """

    collection: str
    keys: int
    documents: int
    rows: int
    index: str
    sums: bool = False

    @property
    def per_row(self) -> float:
        """Keys or documents, whichever are more, by row; of none found, by one."""
        return max(self.keys, self.documents) / max(self.rows, 1)


class Listener(CommandListener):
    """Keeps what was asked since it was last taken."""

    def __init__(self) -> None:
        self._asked: list[Any] = []

    def started(self, event: Any) -> None:
        if event.command_name in FIELDS or event.command_name in WRITES:
            self._asked.append(event.command)

    def succeeded(self, event: Any) -> None: ...

    def failed(self, event: Any) -> None: ...

    def take(self) -> list[Query]:
        """Return the queries since the last time, one of each shape."""
        found = {query.shape: query for command in self._asked for query in _queries(command)}
        self._asked.clear()
        return [*found.values()]


def _queries(command: Any) -> Iterator[Query]:
    name = next(iter(command))
    collection = command[name]
    if not isinstance(collection, str):  # of no collection, e.g. a list of sessions
        return
    if name in WRITES:
        for each in command[WRITES[name]]:
            asked = {name: collection, WRITES[name]: [each]}
            yield Query(collection, f"{name} {collection} {shape(each['q'])}", asked)
        return
    asked = {name: collection, **{k: command[k] for k in FIELDS[name] if k in command}}
    told = {k: v for k, v in asked.items() if k not in {name, "update", "fields", "projection"}}
    named = _ids(command.get("filter", {}))
    yield Query(collection, f"{name} {collection} {shape(told)}", asked, named)


def _ids(wanted: Mapping[str, Any]) -> int:
    asked = wanted.get("_id")
    return len(asked.get("$in", ())) if isinstance(asked, Mapping) else 0


def shape(value: Any) -> Any:
    """Return what a query looks like without its values; lists by their first element."""
    if isinstance(value, Mapping):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        kinds = {repr(shape(inner)): shape(inner) for inner in value}
        return [*kinds.values()]
    plain = value is None or isinstance(value, bool)
    return repr(value) if plain else type(value).__name__


async def explain(db: Database, query: Query) -> list[Read]:
    """Return what each part of a query reads. Nothing is changed by it."""
    # A plan shortens long texts, also in the middle of a character.
    lenient = db.codec_options.with_options(unicode_decode_error_handler="replace")
    plan = await db.with_options(lenient).command(
        "explain", query.command, verbosity="executionStats"
    )
    return [*_parts(plan, query.collection)]


def _parts(plan: Plan, collection: str) -> Iterator[Read]:
    if "stages" not in plan:
        yield _read(plan, collection)
        return
    yield from _of_stages(plan["stages"], collection)


def _of_stages(stages: list[Plan], collection: str) -> Iterator[Read]:
    sums = any("$group" in stage for stage in stages)
    before = 0
    for stage in stages:
        if "$cursor" in stage:
            yield _read(stage["$cursor"], collection, sums=sums)
        if union := stage.get("$unionWith"):
            yield from _of_union(union)
        if joined := stage.get("$lookup"):
            yield _joined(joined, stage, before)
        before = int(stage.get("nReturned", before))


def _of_union(union: Plan) -> Iterator[Read]:
    inner = union["pipeline"]
    if isinstance(inner, list):
        yield from _of_stages(inner, union["coll"])
    else:
        yield from _parts(inner, union["coll"])


def _joined(joined: Plan, stage: Plan, before: int) -> Read:
    """Return what was looked up. Rows are those it was looked up for, or became of them."""
    return Read(
        collection=joined["from"],
        keys=int(stage["totalKeysExamined"]),
        documents=int(stage["totalDocsExamined"]),
        rows=max(before, int(stage["nReturned"])),
        index=SCAN if int(stage["collectionScans"]) else " ".join(stage["indexesUsed"]),
    )


def _read(plan: Plan, collection: str, *, sums: bool = False) -> Read:
    done = plan["executionStats"]
    tree = done["executionStages"]
    group = next((node for node in _nodes(tree) if node.get("stage") in GROUPS), None)
    source = group["inputStage"] if group else tree
    planned = plan["queryPlanner"]["winningPlan"]
    # Where the engine looks up by itself, what it read is one sum with what it looked up for.
    joined = sum(node.get("stage") == "EQ_LOOKUP" for node in _nodes(planned))
    if _is_write(tree):
        rows = max(int(node.get(name, 0)) for node in _chain(source) for name in MATCHED)
    else:
        rows = int(source.get("nReturned", 0)) * (1 + joined)
    return Read(
        collection=collection,
        keys=int(done["totalKeysExamined"]),
        documents=int(done["totalDocsExamined"]),
        rows=rows,
        index=" ".join(dict.fromkeys(_indexes(planned))),
        sums=sums or group is not None or tree.get("stage") in {"COUNT", "COUNT_SCAN"},
    )


def _is_write(tree: Plan) -> bool:
    return any(node.get("stage") in {"UPDATE", "DELETE"} for node in _chain(tree))


def _chain(tree: Plan) -> Iterator[Plan]:
    """Yield a stage and what feeds it, as long as one stage feeds another."""
    yield tree
    if inner := tree.get("inputStage"):
        yield from _chain(inner)


def _nodes(tree: Any) -> Iterator[Plan]:
    if isinstance(tree, Mapping):
        yield tree
        for inner in tree.values():
            yield from _nodes(inner)
    elif isinstance(tree, list):
        for inner in tree:
            yield from _nodes(inner)


def _indexes(plan: Plan) -> Iterator[str]:
    for node in _nodes(plan):
        if "indexName" in node:
            yield node["indexName"]
        elif node.get("stage") == "IDHACK":
            yield "_id_"
        elif node.get("stage") == SCAN:
            yield SCAN
