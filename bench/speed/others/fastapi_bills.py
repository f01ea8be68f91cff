"""FastAPI + uvicorn + PyMongo with the same checks: `six` as usually written, `few` as ours.

Both check the token by PyJWT, count the address and the person, read session, residencies and
appointments anew, and answer with what is owed. `six` asks a query each; `few` asks Redis once
and MongoDB twice.
"""

import sys
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Final

import jwt
import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Request
from pydantic import BaseModel

from bench.speed.others import given

UNAUTHORIZED: Final = 401
TOO_MANY: Final = 429
MINUTE: Final = 60
LIMITS: Final = {"address": 6000, "person": 300}
COUNT: Final = """
for i, key in ipairs(KEYS) do
    local count = redis.call('INCR', key)
    if count == 1 then redis.call('EXPIRE', key, 60) end
    if count > tonumber(ARGV[i]) then return 0 end
end
return 1
"""
DB: Final = given.database()
REDIS: Final = given.redis()
SCRIPT: Final = REDIS.register_script(COUNT)


class BillView(BaseModel):
    bill_id: str
    kind: str
    home: str
    address: str
    period: str
    months: int
    amount_fen: int
    explanation: str
    account: str
    payee_name: str
    state: str
    due_on: str | None
    overdue: bool
    issued_at: datetime | None
    paid_at: datetime | None


class MyBills(BaseModel):
    items: list[BillView]
    next_cursor: str | None
    owed_count: int
    owed_fen: int


def claims_of(request: Request) -> dict[str, Any]:
    token = request.headers.get("authorization", "")[7:]
    try:
        claims: dict[str, Any] = jwt.decode(token, given.of("KEY"), [given.ALGORITHM])
    except jwt.InvalidTokenError as error:
        raise HTTPException(UNAUTHORIZED) from error
    return claims


async def count(what: str, who: str) -> None:
    """Count one request of an address or a person, as is usually written."""
    key = f"other:{what}:{who}"
    times = await REDIS.incr(key)
    if times == 1:
        await REDIS.expire(key, MINUTE)
    if times > LIMITS[what]:
        raise HTTPException(TOO_MANY)


def address_of(request: Request) -> str:
    return str(request.headers.get("x-forwarded-for", "") or request.client.host)


def in_force(person: str) -> dict[str, Any]:
    today = given.now().date().isoformat()
    ends = [{"to_day": None}, {"to_day": {"$gte": today}}]
    return {"person": person, "from_day": {"$lte": today}, "$or": ends}


def require_current(session: dict[str, Any] | None, person: str) -> None:
    now = given.now()
    if session is None or session["revoked_at"] or session["expires_at"] <= now:
        raise HTTPException(UNAUTHORIZED)
    if session["person"] != person:
        raise HTTPException(UNAUTHORIZED)


async def homes_by_query_each(request: Request) -> list[str]:
    await count("address", address_of(request))
    claims = claims_of(request)
    session = await DB.sessions.find_one({"_id": claims["sid"]})
    require_current(session, claims["sub"])
    await count("person", claims["sub"])
    query = in_force(claims["sub"])
    residencies = await DB.residencies.find(query).sort("home", 1).to_list()
    await DB.appointments.find(query).sort([("place", 1), ("_id", 1)]).to_list()
    return [row["home"] for row in residencies]


async def homes_by_one_aggregate(request: Request) -> list[str]:
    claims = claims_of(request)
    keys = [f"other:address:{address_of(request)}", f"other:person:{claims['sub']}"]
    allowed = await SCRIPT(keys, list(LIMITS.values()))
    if not allowed:
        raise HTTPException(TOO_MANY)
    pipeline: list[dict[str, Any]] = [{"$match": {"_id": claims["sid"]}}]
    pipeline += [lookup(name, claims["sub"]) for name in ("residencies", "appointments")]
    found = await (await DB.sessions.aggregate(pipeline)).to_list()
    require_current(found[0] if found else None, claims["sub"])
    return [row["home"] for row in found[0]["residencies"]]


def lookup(name: str, person: str) -> dict[str, Any]:
    match = {"$match": in_force(person)}
    return {"$lookup": {"from": name, "pipeline": [match], "as": name}}


async def page(homes: list[str]) -> list[dict[str, Any]]:
    query = {"home": {"$in": homes}, "state": "owing"}
    cursor = DB.bills.find(query).sort([("period", -1), ("_id", -1)])
    return await cursor.limit(given.PAGE).to_list()


async def six(homes: Annotated[list[str], Depends(homes_by_query_each)]) -> MyBills:
    rows = await page(homes)
    places = await DB.places.find({"_id": {"$in": homes}}).to_list()
    pipeline: list[dict[str, Any]] = [
        {"$match": {"home": {"$in": homes}, "state": "owing"}},
        {"$group": {"_id": None, "count": {"$sum": 1}, "fen": {"$sum": "$amount_fen"}}},
    ]
    [owed] = await (await DB.bills.aggregate(pipeline)).to_list()
    addresses = {place["_id"]: place["address"] for place in places}
    return answer(rows, addresses, owed["count"], owed["fen"])


async def few(homes: Annotated[list[str], Depends(homes_by_one_aggregate)]) -> MyBills:
    rows = await page(homes)
    return answer(rows, {}, len(rows), sum(row["amount_fen"] for row in rows))


def answer(
    rows: list[dict[str, Any]], addresses: dict[str, str], owed_count: int, owed_fen: int
) -> MyBills:
    today = given.now().date().isoformat()
    items = [
        BillView.model_validate(
            row
            | {
                "bill_id": row["_id"],
                "address": addresses.get(row["home"], row["home"]),
                "overdue": row["due_on"] < today,
            }
        )
        for row in rows[: given.PAGE - 1]
    ]
    return MyBills(items=items, next_cursor=None, owed_count=owed_count, owed_fen=owed_fen)


WAYS: Final[dict[str, Callable[..., Any]]] = {"six": six, "few": few}


def main() -> None:
    app = FastAPI()
    app.add_api_route("/bills", WAYS[sys.argv[1]], response_model=MyBills)
    config = uvicorn.Config(
        app, loop="uvloop", http="httptools", log_level="warning", access_log=False
    )
    uvicorn.Server(config).run(sockets=[given.listen()])


if __name__ == "__main__":
    main()
