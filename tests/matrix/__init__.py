"""The access matrix: every route x every role x every position, walked against the real server.

    python -m pytest tests/matrix -n 2          walks a cell of each kind: sample.py
    python -m pytest tests/matrix --nightly     walks every cell
    python -m tests.matrix                      writes docs/reference/access.md

A route that needs a permission and whose path has {place} or {home}, and nothing else to
fill, has its row by itself (by_path.py): read at a unit and its compound, changed at the
compound, with the body that the contract shows. For any other, or to say it otherwise, put a
row into ROWS of the test module of its area, test_*.py; a new module is found. Mostly it is
one line:

    Row("get", "/api/v1/places/{place}/rates", at(HOME, UNIT, COMPOUND))
    Row("post", "/api/v1/bills/{bill_id}/void", at(HOME), makes=owing_bill, body={...})
    Row("get", "/api/v1/me/messages", everyone())
    Row("post", "/api/v1/me/messages/{message_id}/read", mine(), makes=..., silent="why")

The rule says where the target lies; what each person then gets is derived from the contract's
`needs` and services.kernel.permissions.PERMISSIONS, never written by hand:

    at(PLACE, …)   bound to a place, of the path or of the target: held there → success,
                   elsewhere only → 404, nowhere → 403. `permission=` when the contract says
                   no more than SIGNED_IN; `seen=` who is told 403 because they see it there
    somewhere()    a list of what lies in one's places: held anywhere → success, else 403
    citywide()     what belongs to no smaller place: held for the city, else 403
    everyone()     whoever is signed in, about themselves
    mine()         `makes` makes it for scene.owner: their own → success, another's → 404
    public(PLACE)  anybody, signed in or not
    decided(f, "why")  anything else: f(post, place) → Outcome, with the reason

`makes`: async (scene) → the id that fills the path's parameter, or a dict of parameters; it
writes a fresh target at scene.place (or of scene.owner), for each call that may succeed and one
for all that may not. `body`, `query`: a value, or (scene, made) → value.
`land=(409, "code")` with `because=` when a success cannot be had. `silent=`: why a success
leaves no row in the audit. `twin=True` when the call would spoil its caller. `bare`, `beyond`,
`past`: what an answer names, see row.py.
Places, homes, people: posts.py; a maker stands beside the rows that take it, in makers.py when
several areas do; what there is of everything everywhere, so that it can leak: FURNITURE of the
same module (add a line there, too).

Checked for every cell: the status; that the problem is one the contract documents; that no
answer holds an id, address, name or amount of what lies outside the caller's places; that
refused calls change nothing (dbHash before and after) and leave one row in the audit each; that
allowed calls which change something leave exactly one; that routes which ask again refuse an
old confirmation. Afterwards run `make generated`.
"""
