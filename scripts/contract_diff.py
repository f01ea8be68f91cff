# ruff: noqa: INP001, T201  scripts are run, not imported; this one prints
"""Show what a client sees differently in two versions of the contract.

    git show main:deploy/openapi.json > before.json
    python scripts/contract_diff.py before.json deploy/openapi.json

References are followed, so that what merely moved into `components` is no difference; nor are
descriptions and examples. Lines that are alike for many operations are counted.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NOT_SEEN = {"description", "title", "examples", "example", "summary"}
Document = dict[str, Any]


def resolved(document: Document, node: Any) -> Any:
    if not isinstance(node, dict) or "$ref" not in node:
        return node
    found: Any = document
    for part in node["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return resolved(document, found)


def facts(document: Document) -> Iterator[tuple[str, str]]:
    """Yield (operation, one thing that is so about it)."""
    for path, verbs in document["paths"].items():
        for verb, operation in verbs.items():
            where = f"{verb.upper()} {path}"
            for fact in of_operation(document, operation):
                yield where, fact


def of_operation(document: Document, operation: Document) -> Iterator[str]:
    secured = operation.get("security", document.get("security", []))
    yield f"security {json.dumps(secured)}"
    yield f"tags {operation['tags']}, needs {operation['x-needs']}"
    for given in operation.get("parameters", []):
        parameter = resolved(document, given)
        head = f"{parameter['in']} {parameter['name']}"
        yield f"{head} {'required' if parameter.get('required') else 'optional'}"
        yield from of_schema(document, parameter["schema"], head)
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        yield from of_schema(document, content.get("schema", {}), f"request {media_type} ")
    for status, given in operation["responses"].items():
        yield from of_answer(document, status, resolved(document, given))


def of_answer(document: Document, status: str, answer: Document) -> Iterator[str]:
    for name in answer.get("headers", {}):
        yield f"{status} header {name}"
    if status >= "400":
        codes = answer.get("x-codes") or answer["description"].split(", ")
        yield f"{status} {', '.join(sorted(codes))} {' '.join(answer['content'])}"
        return
    yield f"{status}"
    for media_type, content in answer.get("content", {}).items():
        yield from of_schema(document, content.get("schema", {}), f"{status} {media_type} ")


def of_schema(
    document: Document, given: Any, where: str, above: tuple[int, ...] = ()
) -> Iterator[str]:
    """Yield what a schema says, each line with the path of the field it is about."""
    schema = resolved(document, given)
    if id(schema) in above:
        return
    inside = (*above, id(schema))
    kinds = schema.get("type")
    if isinstance(kinds, list):  # the short form of "or null"
        schema = {**schema, "type": next(kind for kind in kinds if kind != "null")}
        yield f"{where}: or null"
    for key in sorted(schema.keys() - NOT_SEEN - {"properties", "items", "anyOf", "required"}):
        yield f"{where}: {key} {json.dumps(schema[key], ensure_ascii=False)}"
    for name, field in schema.get("properties", {}).items():
        need = "" if name in schema.get("required", []) else "?"
        yield f"{where}.{name}{need}"
        yield from of_schema(document, field, f"{where}.{name}", inside)
    if "items" in schema:
        yield from of_schema(document, schema["items"], f"{where}[]", inside)
    for choice in schema.get("anyOf", []):
        if choice == {"type": "null"}:
            yield f"{where}: or null"
        else:
            yield from of_schema(document, choice, where, inside)


def main() -> None:
    before, after = (set(facts(json.loads(Path(p).read_text("utf-8")))) for p in sys.argv[1:])
    for sign, found in (("-", before - after), ("+", after - before)):
        counted = Counter(fact for _, fact in found)
        shown = {fact: where for where, fact in sorted(found, reverse=True)}
        for fact, times in sorted(counted.items()):
            print(sign, fact, "|", shown[fact] if times == 1 else f"{times} operations")


if __name__ == "__main__":
    main()
