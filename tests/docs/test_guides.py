"""Guides of docs/: what they tell people to type works, and only announced refusals come."""

import re
from collections.abc import Awaitable, Callable

import pytest

from tests.docs.conftest import ROOT, given

pytestmark = pytest.mark.slow

REFUSED = re.compile(r'"status":[45]\d\d,"code":"([a-z_]+)"')
# Page → the codes of the refusals that it announces, in order. All beside one demo.
GUIDES = {
    "tutorial/first-look.md": ["not_found", "forbidden", "home_request_with_head"],
    "how-to/appoint-heads.md": ["office_taken", "forbidden"],
    "how-to/set-a-fee.md": ["bad_fee_rule"],
    "how-to/bill-a-month.md": [],
    "how-to/close-a-month.md": [],
    "how-to/close-a-year.md": [],
    "how-to/import-a-register.md": [],
    "how-to/correct-a-register.md": ["home_inhabited", "not_retired", "owners_differ"],
    "how-to/send-a-notice.md": ["notice_review_needed"],
    "how-to/mend-a-repair.md": ["repair_moved_on"],
    "how-to/answer-feedback.md": ["feedback_only_thanks"],
    "how-to/mediate.md": ["mediation_session_not_begun"],
    "how-to/run-a-survey.md": ["survey_moved_on", "survey_no_results"],
    "how-to/give-a-task.md": ["round_findings_left"],
    "how-to/keep-the-handbook.md": ["handbook_moved_on"],
    "how-to/visit-homes.md": ["visit_moved_on"],
}


# What a shell, make or git of whoever types a guide would go on without.
OF_THE_SHELL = {"HOME", "PATH", "USER", "SHELL", "LANG", "PWD", "TERM", "IFS", "PS1", "UID"}


def test_no_guide_takes_a_variable_or_a_port_of_whoever_types_it() -> None:
    for page in [*GUIDES, "how-to/set-up-a-city.md"]:
        assert not given(page) & OF_THE_SHELL, page
    texts = [ROOT / "docs/guide.sh", *(ROOT / "docs").rglob("*.md")]
    fixed = [text.name for text in texts if "API=http" in text.read_text(encoding="utf-8")]
    assert fixed == []


@pytest.mark.empty
async def test_a_city_is_set_up_as_the_guide_tells(
    guide: Callable[[str], Awaitable[str]],
) -> None:
    said = await guide("how-to/set-up-a-city.md")
    announced = ["not_found", "forbidden", "repair_category_exists"]
    assert REFUSED.findall(said) == announced, said


async def test_what_the_guides_tell_to_type_works(
    guide: Callable[[str], Awaitable[str]],
) -> None:
    for page, announced in GUIDES.items():
        said = await guide(page)
        assert REFUSED.findall(said) == announced, f"{page}\n{said}"
