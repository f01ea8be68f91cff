"""Every fault of the table can still be planted, and the test it names is still there."""

import ast

import pytest

from tests.faults.source import ROOT, module_file, named_test, planted
from tests.faults.table import FAULTS, Fault
from tests.matrix.rows import ROWS


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.title)
def test_it_still_applies(fault: Fault) -> None:
    text = (ROOT / module_file(fault)).read_text(encoding="utf-8")
    changed = planted(text, fault)
    ast.parse(changed)
    assert changed != text


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.title)
def test_what_must_notice_it_is_still_there(fault: Fault) -> None:
    file, function, parameters = named_test(fault)
    assert f"def {function}(" in (ROOT / file).read_text(encoding="utf-8")
    assert not parameters or parameters in {row.name for row in ROWS}


def test_a_fault_that_no_longer_fits_is_told() -> None:
    fault = FAULTS[0]
    for text in ("", fault.old * 2):
        with pytest.raises(LookupError, match="does not hold once"):
            planted(text, fault)
    with pytest.raises(LookupError):
        module_file(fault._replace(module="services.nothing"))


def test_each_has_a_title_of_its_own() -> None:
    assert len({fault.title for fault in FAULTS}) == len(FAULTS)
