"""Contract for generated clients: names, directions, formats, codes, details, examples."""

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import msgspec
import pytest

from handlers.http import examples, failures, problems, schemas, tags
from handlers.http.contract import Contract, Route
from handlers.http.descriptions import of_class, of_fields
from handlers.http.downloads import Download
from handlers.http.problems import problem_of
from handlers.http.ranges import Ranged
from handlers.http.schemas import AmbiguousName, Direction, is_struct, merge, schemas_of
from handlers.http.statuses import codes_by_status, error_classes
from handlers.http.tags import DESCRIPTIONS
from handlers.messages import MessagesHandler
from server.app import ROUTES
from server.contract import document
from services.kernel.errors import RetryAfter, TooMany
from tests.handlers.verbs import VERBS

MOST_LINES: Final = 120  # of an operation, with its share of the schemas
EVENTS: Final = "text/event-stream"
DOCUMENT: Final[Any] = msgspec.json.decode(msgspec.json.encode(document(ROUTES)))
SCHEMAS: Final[dict[str, Any]] = DOCUMENT["components"]["schemas"]
OPERATIONS: Final = [
    (verb, path, operation)
    for path, verbs in DOCUMENT["paths"].items()
    for verb, operation in verbs.items()
]
CONTRACTS: Final = [
    (route, verb, contract) for route in ROUTES for verb, contract in route.contracts().items()
]


def everything(node: Any, where: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every node of the document with its place."""
    yield where, node
    if isinstance(node, dict):
        for key, value in node.items():
            yield from everything(value, f"{where}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from everything(value, f"{where}/{index}")


def properties() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for name, schema in SCHEMAS.items():
        for field, described in schema.get("properties", {}).items():
            if "allOf" not in schema:  # a problem of one code: its fields are Problem's
                yield name, field, described


def answer_of(operation: dict[str, Any]) -> dict[str, Any]:
    status, *others = [status for status in operation["responses"] if status < "300"]
    answer = dict(operation["responses"][status])
    in_parts = "Range" in [each.get("name") for each in operation["parameters"]]
    is_followed = EVENTS in answer.get("content", {})
    assert others == (["204"] if is_followed else ["206"] if in_parts else [])
    return answer


def test_an_answer_that_can_be_followed_says_so() -> None:
    """As JSON and as a stream, which has an end of its own, and goes on after an event."""
    followed = [
        (sorted(answer_of(operation)["content"]), operation["parameters"])
        for _, _, operation in OPERATIONS
        if EVENTS in answer_of(operation).get("content", {})
    ]
    assert followed
    for media_types, parameters in followed:
        assert media_types == ["application/json", EVENTS]
        assert "Last-Event-ID" in [each.get("name") for each in parameters]


def test_every_property_is_described() -> None:
    bare = [f"{name}.{field}" for name, field, p in properties() if not p.get("description")]
    assert not bare


def test_every_parameter_is_described() -> None:
    inlined = [p for _, _, o in OPERATIONS for p in o["parameters"] if "$ref" not in p]
    shared = DOCUMENT["components"]["parameters"].values()
    assert not [p["name"] for p in [*inlined, *shared] if not p["description"]]


def test_a_description_says_more_than_the_name() -> None:
    described = [(field, p["description"]) for _, field, p in properties()]
    described += [
        (p["name"], p["description"]) for p in DOCUMENT["components"]["parameters"].values()
    ]
    for name, text in described:
        assert words(text) - {"a", "an", "the", "of"} - words(name), (name, text)
        assert text[0].isupper() or not text[0].isalpha(), (name, text)
        assert text.endswith("."), (name, text)


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower().replace("_", " ")))


def test_a_docstring_describes_only_fields_that_exist() -> None:
    for kind in {c.returns for _, _, c in CONTRACTS} | {c.body for _, _, c in CONTRACTS}:
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            assert of_fields(kind).keys() <= set(kind.__struct_fields__), kind


def test_what_is_sent_need_not_name_what_has_a_default() -> None:
    for _, _, contract in CONTRACTS:
        if contract.body in {None, bytes}:
            continue
        schema = SCHEMAS[contract.body.__name__]
        fields = msgspec.inspect.type_info(contract.body).fields  # type: ignore[attr-defined]
        needed = [field.encode_name for field in fields if field.required]
        assert schema.get("required", []) == needed, contract.operation
        assert not [p for p in schema["properties"].values() if "default" in p]
        closed = contract.body.__struct_config__.forbid_unknown_fields
        assert ("additionalProperties" in schema) == closed, contract.operation


def test_answers_list_what_is_always_sent() -> None:
    """Proved on real answers by schemathesis; here that nothing is left out."""
    for _, _, contract in CONTRACTS:
        name = getattr(contract.returns, "__name__", "")
        if name in SCHEMAS:
            assert SCHEMAS[name]["required"] == list(SCHEMAS[name]["properties"])


class Both(msgspec.Struct):
    """What is sent and answered in one shape.

    `given`: What has to be named.
    `mode`: What need not be named.
    """

    given: int
    mode: str = "slow"


def test_one_shape_in_both_directions_is_two_schemas() -> None:
    """And one name for both would be a lie, so that it is refused."""
    _, sent = schemas_of([Both], Direction.SENT)
    _, answered = schemas_of([Both], Direction.ANSWERED)
    assert sent["Both"]["required"] == ["given"]
    assert sent["Both"]["properties"]["mode"]["description"].endswith("Default: slow.")
    assert answered["Both"]["required"] == ["given", "mode"]
    assert of_class(Both) == "What is sent and answered in one shape."
    with pytest.raises(AmbiguousName):
        merge(sent, answered)


def test_days_and_instants_have_their_formats() -> None:
    for name, field, schema in properties():
        kinds = {schema.get("format")} | {s.get("format") for s in schema.get("anyOf", ())}
        is_time = field == "at" or (field.endswith("_at") and name != "Signed")
        is_day = field.endswith("_day") and field != "due_day"
        assert not is_time or kinds & {"date-time"}, (name, field)
        assert not is_day or kinds & {"date"}, (name, field)


def test_public_names_are_names() -> None:
    assert not [name for name in SCHEMAS if not re.fullmatch(r"[A-Z][A-Za-z0-9]*", name)]


def test_operations_are_verbs_with_nouns_and_differ() -> None:
    ids = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(set(ids)) == len(ids)
    for name in ids:
        verb, *nouns = re.findall(r"[A-Z]?[a-z]+", name)
        assert verb in VERBS, name
        assert nouns, name


def test_every_tag_is_described() -> None:
    used = {tag for _, _, operation in OPERATIONS for tag in operation["tags"]}
    assert used == {tag["name"] for tag in DOCUMENT["tags"]}
    assert used >= DESCRIPTIONS.keys()
    for tag in DOCUMENT["tags"]:
        assert re.fullmatch(r"[A-Z].+\.", tag["description"]), tag["name"]


def test_a_new_group_is_described_by_its_module() -> None:
    described = tags.described([Route("/api/v1/shelves", MessagesHandler)])
    assert (
        described["shelves"] == "Messages: the inbox, and permissions to send through WeChat."
    )


def test_every_failure_stands_once() -> None:
    for _, path, operation in OPERATIONS:
        for status, answer in operation["responses"].items():
            assert status < "400" or list(answer) == ["$ref"], (path, status)
    shared = [msgspec.json.encode(r) for r in DOCUMENT["components"]["responses"].values()]
    assert len(set(shared)) == len(shared)


def test_every_reference_leads_somewhere() -> None:
    for where, node in everything(DOCUMENT):
        if isinstance(node, dict) and isinstance(node.get("$ref"), str):
            found = DOCUMENT
            for part in node["$ref"].removeprefix("#/").split("/"):
                assert part in found, (where, node["$ref"])
                found = found[part]


def test_retry_after_is_declared_where_it_is_sent() -> None:
    """Where details carry `retry_after_seconds`, handlers/http/base.py sends the header."""
    waits = {
        code
        for code, kind in failures.details_by_code().items()
        if "retry_after_seconds" in kind.__struct_fields__
    }
    assert {"too_many_requests", "database_unavailable", "sign_in_waiting"} <= waits
    for route, verb, contract in CONTRACTS:
        for status, codes in codes_by_status(route.path, verb, contract).items():
            answer = DOCUMENT["paths"][route.path][verb]["responses"][str(status)]
            name = answer["$ref"].rpartition("/")[2]
            headers = DOCUMENT["components"]["responses"][name].get("headers", {})
            speaks = failures.shape_of(route) is problems.Problem
            assert ("Retry-After" in headers) == (speaks and bool(waits & set(codes))), name


def test_details_of_one_code_have_one_type() -> None:
    found: dict[str, Any] = {}
    for kind in error_classes():
        assert found.setdefault(kind.code, kind.declared_details()) is kind.declared_details()


def test_only_what_was_asked_is_told_as_wrong() -> None:
    wrong = msgspec.ValidationError("Expected `int`, got `str` - at `$.area`")
    assert problem_of(problems.UnreadableRequest(wrong), 500).status == 422
    assert problem_of(wrong, 500).code == "internal"  # a kept document that cannot be read


def test_details_are_told_as_they_are_declared() -> None:
    problem = problem_of(TooMany("操作太频繁了", retry_after_seconds=7), 500)
    assert msgspec.convert(problem.details, RetryAfter) == RetryAfter(7)


JSON_ANSWERS: Final = [
    c for _, _, c in CONTRACTS if is_struct(c.returns) and c.returns not in (Download, Ranged)
]


@pytest.mark.parametrize("contract", JSON_ANSWERS, ids=lambda c: c.operation)
def test_every_answer_has_an_example_that_is_one(contract: Contract) -> None:
    example = examples.example_of(contract.returns)
    msgspec.convert(example, contract.returns)
    schema = {"$ref": f"#/components/schemas/{schemas.public_name_of(contract.returns)}"}
    whole = {**schema, "components": DOCUMENT["components"]}
    jsonschema_rs.Draft202012Validator(whole, validate_formats=True).validate(example)


def test_the_example_of_a_problem_is_one_of_its_code() -> None:
    [example] = SCHEMAS["Problem"]["examples"]
    whole = {
        "$ref": "#/components/schemas/ForbiddenProblem",
        "components": DOCUMENT["components"],
    }
    validator = jsonschema_rs.Draft202012Validator(whole)
    validator.validate(example)
    assert not validator.is_valid(example | {"code": "not_found"})
    assert not validator.is_valid(example | {"details": {"needs": 1}})


def test_every_json_answer_shows_its_example() -> None:
    for _, path, operation in OPERATIONS:
        for media_type, content in answer_of(operation).get("content", {}).items():
            if media_type == "application/json" and "$ref" in content["schema"]:
                assert content["examples"], path


def test_the_server_is_where_the_document_came_from() -> None:
    assert [server["url"] for server in DOCUMENT["servers"]] == ["/"]
    assert DOCUMENT["security"] == [{"bearer": []}]
    assert "make token" in DOCUMENT["components"]["securitySchemes"]["bearer"]["description"]


def test_it_is_short_enough_to_be_read() -> None:
    copy = (Path(__file__).parents[2] / "deploy" / "openapi.json").read_text()
    operations = sum(len(methods) for methods in msgspec.json.decode(copy)["paths"].values())
    assert len(copy.splitlines()) <= MOST_LINES * operations


def test_two_schemas_of_one_name_are_refused() -> None:
    class Page(msgspec.Struct):
        items: int

    class Other(msgspec.Struct):
        items: str

    Other.__name__ = Other.__qualname__ = "Page"
    with pytest.raises(AmbiguousName):
        schemas_of([Page, Other], Direction.SENT)


def test_routes_without_a_contract_would_be_seen() -> None:
    routes: Sequence[Route] = ROUTES
    assert len(OPERATIONS) == sum(len(route.contracts()) for route in routes)


def raises() -> Iterator[tuple[str, str, set[str]]]:
    """Yield where a failure is raised with details, its class and the names of the details."""
    for folder in ("services", "handlers", "server"):
        for file in sorted((Path(__file__).parents[2] / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call) and node.keywords:
                    name = ast.unparse(node.func).rpartition(".")[2]
                    names = {keyword.arg for keyword in node.keywords if keyword.arg}
                    yield f"{file.name}:{node.lineno}", name, names


def test_what_is_raised_is_declared() -> None:
    """Also where no test raises it; tests/build/details.py looks at all that are raised."""
    declared: dict[str, set[str]] = {}
    for kind in error_classes():
        fields = kind.declared_details()
        told = set(fields.__struct_fields__) if fields else set()
        declared[kind.__name__] = declared.get(kind.__name__, set()) | told
    found = [(where, name, told) for where, name, told in raises() if name in declared]
    assert len(found) > 50
    for where, name, told in found:
        assert told <= declared[name], (where, name)
