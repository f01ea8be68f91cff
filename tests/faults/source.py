"""Where the module and the test of a fault are, in this tree or in a copy of it."""

from importlib.util import find_spec
from pathlib import Path
from typing import Final

from tests.faults.table import Fault

ROOT: Final = Path(__file__).parents[2]


def module_file(fault: Fault) -> Path:
    """Return the file of the module, relative to the root. LookupError when there is none."""
    found = find_spec(fault.module)
    if found is None or found.origin is None:
        raise LookupError(fault.module)
    return Path(found.origin).relative_to(ROOT)


def planted(text: str, fault: Fault) -> str:
    """Return a module's text with the fault in it. LookupError unless it fits exactly once."""
    if text.count(fault.old) != 1:
        raise LookupError(f"{fault.module} does not hold once: {fault.old}")
    return text.replace(fault.old, fault.new)


def named_test(fault: Fault) -> tuple[Path, str, str]:
    """Return the file, the function and the parameters of the test, "" for none."""
    file, _, name = fault.test.partition("::")
    function, _, parameters = name.partition("[")
    return Path(file), function, parameters.removesuffix("]")
