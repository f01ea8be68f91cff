"""Addresses and names of fees for the paths and codes in a person's export."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from services.dependencies import Dependencies
from services.fees.models import BillKind
from services.kernel import money
from services.kernel.documents import Document
from services.kernel.labels import label_of
from services.places import actions as places

# Labels under which a place stands.
PLACES: Final = frozenset(
    {"房屋", "范围", "地点", "关于哪里", "代表哪套房屋填写", "代表哪套房屋回复"}
)
# Inside the lines of an order or a receipt.
LINE: Final = {
    "bill_id": "账单号",
    "home": "房屋",
    "kind": "费用",
    "period": "账期",
    "explanation": "计算方法",
    "amount_fen": "金额(元)",
}


def in_yuan(name: str, value: Any) -> Any:
    """Write an amount in yuan, as receipts do; fields in fen are named so (`_fen`)."""
    return money.yuan(value) if name.endswith("_fen") and value is not None else value


async def translate(deps: Dependencies, rows: Sequence[Document]) -> None:
    """Replace paths by addresses, and the codes of a receipt's lines by words, in place."""
    paths = sorted(set(_paths(rows)))
    addresses = await places.addresses(deps, paths) if paths else {}
    for row in rows:
        for label, value in row.items():
            row[label] = _translated(label, value, addresses)


def _paths(rows: Sequence[Document]) -> Iterator[str]:
    for row in rows:
        yield from (row[label] for label in PLACES if isinstance(row.get(label), str))
        yield from (line["home"] for line in row.get("账单", []) if "home" in line)


def _translated(label: str, value: Any, addresses: Mapping[str, str]) -> Any:
    if label in PLACES and isinstance(value, str):
        return addresses.get(value, value)
    if label == "账单":
        return [_line(line, addresses) for line in value]
    return value


def _line(line: Document, addresses: Mapping[str, str]) -> Document:
    said = {LINE.get(name, name): in_yuan(name, value) for name, value in line.items()}
    said["费用"] = label_of(BillKind, said.get("费用", ""))
    said["房屋"] = addresses.get(said.get("房屋", ""), said.get("房屋"))
    return said
