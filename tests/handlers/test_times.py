"""Times in requests: one without its zone is asked for it, in words."""

import msgspec
import pytest

from handlers.http.problems import UnreadableRequest, problem_of
from services.kernel.types import Instant


@pytest.mark.parametrize("given", ["2026-03-02T09:00:00", "2026-03-02 09:00", "明天九点"])
def test_a_time_has_a_zone(given: str) -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.json.decode(msgspec.json.encode(given), type=Instant)
    problem = problem_of(UnreadableRequest(refused.value), 500)
    assert (problem.status, problem.code) == (422, "invalid_input")
    assert "带时区" in problem.title
