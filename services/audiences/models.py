"""Audiences: who is meant, as clients send it and documents keep it."""

from typing import Annotated, Final

from msgspec import Meta, Struct

from services.kernel.days import Month
from services.kernel.labels import Labelled
from services.kernel.paths import PlacePath
from services.kernel.permissions import Role
from services.places.models import Usage
from services.residencies.models import Relation

MOST_PLACES: Final = 500


class Lack(Labelled):
    """What a person in the register has not given, so that no message can find them."""

    PHONE = "phone", "没有电话"
    WECHAT = "wechat", "没有绑定微信"


class Audience(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Audience: residents by relation, holders of offices by role, or both, at some places.

    `places`: Paths of places, grids and single homes; everything under them is meant.
    `relations`: Residents with one of these relations to a home there.
    `roles`: Holders of one of these offices there, or of an office over one of the places.
    `usages`: Only homes of these uses; all without it.
    `owing_since`: Only homes that still owe for a month up to this one.
    `lacks`: Only residents who have none of what is named here.
    """

    places: Annotated[list[PlacePath], Meta(min_length=1, max_length=MOST_PLACES)]
    relations: Annotated[list[Relation], Meta(max_length=len(Relation))] = []
    roles: Annotated[list[Role], Meta(max_length=len(Role))] = []
    usages: Annotated[list[Usage], Meta(max_length=len(Usage))] = []
    owing_since: Month | None = None
    lacks: Annotated[list[Lack], Meta(max_length=len(Lack))] = []


class Preview(Struct, frozen=True, kw_only=True):
    """Preview of an audience: whom a message would reach if it were sent now.

    All are null where they would tell of fewer than five homes to somebody who may not see the
    residents.

    `homes`: Homes that are meant.
    `unbound_homes`: Those of them to which nobody who is meant is bound in WeChat.
    `people`: People who are meant and have signed in, each once, holders of offices included.
    `pushable`: Those of them who still allow a message of this kind in WeChat.
    `following`: Those of the others who follow the linked service account.
    `inbox_only`: The rest of them, who find it when they look.
    """

    homes: int | None = None
    unbound_homes: int | None = None
    people: int | None = None
    pushable: int | None = None
    following: int | None = None
    inbox_only: int | None = None
