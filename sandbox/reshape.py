"""Changes of an answer by a fault, before it is signed."""

from typing import Any

import msgspec

from sandbox.faults import Action
from sandbox.web import Answer


def merged(value: Any, patch: Any) -> Any:
    """JSON merge patch (RFC 7396): null removes."""
    if not isinstance(patch, dict):
        return patch
    result = dict(value) if isinstance(value, dict) else {}
    for name, inner in patch.items():
        if inner is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), inner)
    return result


def replaced(action: Action) -> Answer | None:
    """Return the answer of a fault; raw text is neither JSON nor signed."""
    if action.raw is None:
        return None
    if isinstance(action.raw, str):
        headers = {"Content-Type": "text/html"}
        return Answer(action.http or 200, action.raw.encode(), headers)
    return Answer.json(action.raw, action.http or 200)


def patched(answer: Answer, action: Action) -> Answer:
    if action.body_patch is not None:
        value = msgspec.json.decode(answer.body) if answer.body else {}
        answer.body = msgspec.json.encode(merged(value, action.body_patch))
    return answer
