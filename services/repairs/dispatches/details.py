"""Details of a repair's history: why it rests and until when, and what it was before."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from services.cases.models import Event
from services.dependencies import Dependencies
from services.kernel.days import BEIJING
from services.kernel.documents import Document
from services.repairs.categories import actions as categories
from services.repairs.classes import Danger
from services.repairs.models import PauseReason, Repair
from services.repairs.states import RepairAction

CODES: Final = ("was_category", "category")


def pause_facts(reason: PauseReason, until: datetime) -> Document:
    """Return what the history keeps of a pause."""
    return {"reason": reason, "until": until.isoformat()}


def class_facts(found: Repair, category: str, danger: Danger) -> Document:
    """Return what the history keeps of another category or class: both before and after."""
    facts: Document = {}
    if category != found.category:
        facts |= {"was_category": found.category, "category": category}
    if danger is not found.danger:
        facts |= {"was_danger": found.danger, "danger": danger}
    return facts


async def of_events(deps: Dependencies, repair: Any, events: Sequence[Event]) -> dict[str, str]:
    """Return event → its detail, of those that have one."""
    codes = {event.facts[name] for event in events for name in CODES if name in event.facts}
    found = await categories.labels(deps, {(repair.place, code) for code in codes})
    labels = {code: label for (_, code), label in found.items()}
    return {event.id: detail for event in events if (detail := _detail(event, labels))}


def _detail(event: Event, labels: dict[str, str]) -> str:
    facts = event.facts
    if event.action == RepairAction.PAUSE and "reason" in facts:
        reason = PauseReason(facts["reason"]).label
        return f"{reason},到{_spoken(facts['until'])}" if "until" in facts else reason
    parts = []
    if event.action == RepairAction.RECLASSIFY and "was_category" in facts:
        parts.append(f"{labels[facts['was_category']]} → {labels[facts['category']]}")
    if event.action == RepairAction.RECLASSIFY and "was_danger" in facts:
        before, after = Danger(facts["was_danger"]), Danger(facts["danger"])
        parts.append(f"{before.label} → {after.label}")
    return ";".join(parts)


def _spoken(instant: str) -> str:
    """Write an instant at most a month ahead, in Beijing: 11月28日 9:00."""
    local = datetime.fromisoformat(instant).astimezone(BEIJING)
    return f"{local.month}月{local.day}日 {local.hour}:{local:%M}"
