"""Recorder of every query a test runs, so that none may scan a whole collection."""

from typing import Any

from pymongo.monitoring import CommandListener

import mongo_indexes
from tests.build.documents import Database

MAX_SHAPES = 200


def _compared(expression: Any) -> set[str]:
    """Return the strings that a partial index compares with."""
    if isinstance(expression, dict):
        return {text for inner in expression.values() for text in _compared(inner)}
    return {expression} if isinstance(expression, str) else set()


# A partial index serves a query or not by these values, so they belong to the shape.
TELLING = frozenset(
    text
    for module in mongo_indexes.ALL
    for index in module.INDEXES
    for text in _compared(index.document.get("partialFilterExpression"))
)
# Shapes that an index served, in this process: indexes and planner are the same in every test.
SERVED: set[str] = set()


class FindRecorder(CommandListener):
    """Every command that only reads, in order."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def started(self, event: Any) -> None:
        if event.command_name in {"find", "aggregate", "count"}:
            self.asked.append(event.command)

    def succeeded(self, event: Any) -> None: ...

    def failed(self, event: Any) -> None: ...


class QueryRecorder(CommandListener):
    """One example of each shape of query: the plan depends on the shape."""

    def __init__(self) -> None:
        self.queries: dict[str, tuple[str, Any, Any, Any]] = {}
        self.paused = False

    def started(self, event: Any) -> None:
        if self.paused:
            return
        command = event.command
        match event.command_name:
            case "find":
                sort, hint = command.get("sort"), command.get("hint")
                self._add(command["find"], command["filter"], sort, hint)
            case "findAndModify":
                self._add(command["findAndModify"], command["query"], command.get("sort"))
            case "update":
                for update in command["updates"]:
                    self._add(command["update"], update["q"])
            case "delete":
                for delete in command["deletes"]:
                    self._add(command["delete"], delete["q"])
            case "aggregate":
                if isinstance(command["aggregate"], str):
                    hint = command.get("hint")
                    self._add_pipeline(command["aggregate"], command["pipeline"], hint)

    def _add_pipeline(self, collection: str, pipeline: Any, hint: Any = None) -> None:
        """Add what a pipeline begins with, and the same of those that are united with it."""
        first, second = [*pipeline, {}, {}][:2]
        if "$match" in first:
            self._add(collection, first["$match"], second.get("$sort"), hint)
        else:
            self._add(collection, {})
        for stage in pipeline:
            if union := stage.get("$unionWith"):
                self._add_pipeline(union["coll"], union["pipeline"])
            if joined := _joined(stage.get("$lookup", {})):
                self._add(*joined)

    def _add(self, collection: str, query: Any, sort: Any = None, hint: Any = None) -> None:
        key = f"{collection} {_shape(query)} {_shape(sort)} {hint}"
        if key not in SERVED and len(self.queries) < MAX_SHAPES:
            self.queries.setdefault(key, (collection, query, sort, hint))

    def succeeded(self, event: Any) -> None: ...

    def failed(self, event: Any) -> None: ...

    async def scans(self, db: Database) -> list[str]:
        """Return the recorded queries that no index serves; remember the shapes of the rest.

        MongoDB shortens what a plan says of a long text, also in the middle of a character.
        """
        found = []
        self.paused = True
        shortened = db.codec_options.with_options(unicode_decode_error_handler="replace")
        db = db.with_options(shortened)
        for key, (collection, query, sort, hint) in self.queries.items():
            if set(query) == {"_id"}:
                continue
            cursor = db[collection].find(query)
            cursor = cursor.sort(list(sort.items())) if sort else cursor
            cursor = cursor.hint(hint) if hint else cursor
            plan = (await cursor.explain())["queryPlanner"]["winningPlan"]
            whole = "'indexName': '_id_'" in str(plan) and "'_id'" not in str(query)
            if whole or "COLLSCAN" in str(plan):  # _id only sorts then: all of it is read
                found.append(f"{collection}: {query}")
            else:
                SERVED.add(key)
        return found


def _joined(look_up: Any) -> tuple[str, Any] | None:
    """Return the query by which rows are looked up one by one, by a field of each."""
    if "foreignField" not in look_up:
        return None
    first: Any = next(iter(look_up.get("pipeline", [])), {})
    plain = {**first.get("$match", {})}
    plain.pop("$expr", None)  # has variables of the pipeline
    return look_up["from"], {look_up["foreignField"]: "one", **plain}


def _shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shape(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_shape(inner) for inner in value[:2]]
    plain = value is None or isinstance(value, bool) or value in TELLING
    return repr(value) if plain else type(value).__name__
