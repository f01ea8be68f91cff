"""Texts about parties: names in them are replaced by how the agreement calls each."""

from collections.abc import Mapping, Sequence

from services.dependencies import Dependencies
from services.kernel.vault import Sealed
from services.mediations.parties.models import NAME, PartyRow


def without_names(text: str, names: Mapping[str, str]) -> str:
    """Return a text in which other words stand for names, the longest name first."""
    for name in sorted(names, key=len, reverse=True):
        if name:
            text = text.replace(name, names[name])
    return text


def letters(deps: Dependencies, rows: Sequence[PartyRow], *, but: str) -> dict[str, str]:
    """Return the name of each party but of a person → how the agreement calls them."""
    others = [row for row in rows if row.person != but]
    return {NAME.open(deps.vault, row.id, row.name_sealed): row.letter for row in others}


def resealed(
    deps: Dependencies, field: Sealed, row_id: str, text: str, names: Mapping[str, str]
) -> str:
    """Return a sealed text without some names; "" for none."""
    if not text:
        return ""
    return field.seal(
        deps.vault, row_id, without_names(field.open(deps.vault, row_id, text), names)
    )
