"""Citations of code, tests and pages: what they name is in the repository."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.shape import PRODUCT

ROOT = Path(__file__).parents[2]
KINDS = {".py", ".md", ".toml", ".example", ".in"}
FOLDERS = (*PRODUCT, "tests", "scripts", "docs", "deploy")
# Pages of the repository; WeChat's own end in .md too, and are cited by other paths.
MENTION = re.compile(r"\b(?:docs/[\w/-]+|[A-Z]{2,})\.md\b")
MODULE = re.compile(rf"\b(?:{'|'.join((*PRODUCT, 'tests', 'scripts'))})/[\w/]+\.py\b")
LINK = re.compile(r"\]\(([^)#\s:]*)(?:#([^)\s]+))?\)")
CASE = re.compile(r"test_cases?_(\d+)(?:_(?:and|to)_(\d+))?_")
ROW = re.compile(r"^\| (\d+) \|", re.MULTILINE)


def sources() -> Iterator[Path]:
    yield from (name for name in ROOT.iterdir() if name.is_file() and name.suffix in KINDS)
    for folder in FOLDERS:
        yield from (name for name in (ROOT / folder).rglob("*") if name.suffix in KINDS)


FILES = {name: name.read_text(encoding="utf-8") for name in sources()}
PAGES = [name for name in FILES if name.suffix == ".md"]


def shown(name: Path) -> str:
    return str(name.relative_to(ROOT))


def anchors(page: Path) -> set[str]:
    """The anchors of a page, made of its headings the way GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", FILES[page], re.MULTILINE)
    return {
        re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-")
        for heading in headings
    }


def test_every_page_that_is_named_is_there() -> None:
    lost = {
        f"{shown(name)}: {mention}"
        for name, text in FILES.items()
        for mention in MENTION.findall(text)
        if not (ROOT / mention).is_file()
    }
    assert lost == set()


def test_every_module_that_a_page_names_is_there() -> None:
    example = {"handlers/notices.py", "handlers/test_notices.py"}
    lost = {
        f"{shown(page)}: {module}"
        for page in PAGES
        for module in MODULE.findall(FILES[page])
        if module not in example and not (ROOT / module).is_file()
    }
    assert lost == set()


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target, anchor in LINK.findall(FILES[page]):
        found = (page.parent / target).resolve() if target else page
        assert found.exists(), target
        assert not anchor or anchor in anchors(found), f"{target}#{anchor}"


def test_every_case_that_a_test_is_named_after_is_in_the_table() -> None:
    rows = {int(number) for number in ROW.findall(FILES[ROOT / "docs/reference/wechat.md"])}
    named = {
        int(number)
        for name, text in FILES.items()
        if name.suffix == ".py"
        for pair in CASE.findall(text)
        for number in pair
        if number
    }
    assert named
    assert named <= rows
