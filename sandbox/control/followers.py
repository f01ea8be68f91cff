"""Control API of the service account: who follows it, what reached them, where it pushes."""

from sandbox.control.gate import Refused, Wish, program, read
from sandbox.mini_program import push
from sandbox.openids import openid_of, unionid_of
from sandbox.records import Follower, PushTarget
from sandbox.web import Answer, Call
from sandbox.world import World

ACCOUNT = "service_account"


class FollowWish(Wish):
    unionid: bool = True  # False: as if the apps were bound to no Open Platform account
    copies: int = 1  # of the push that tells the product; 0: none


class UnfollowWish(Wish):
    copies: int = 1  # of the push that tells the product; 0: none


async def follow(world: World, call: Call) -> Answer:
    wish, app, name = read(call, FollowWish), program(world, ACCOUNT), call.params["name"]
    openid, now = openid_of(app.appid, name), world.clock.now()
    follower = Follower(openid=openid, name=name, followed_at=now, unionid=wish.unionid)
    world.store.followers.save(openid, follower)
    event = push.event_of(world, app, "subscribe", openid) | {"EventKey": ""}
    sent = await push.push_now(world, app, event, copies=wish.copies)
    return Answer.json({"openid": openid, "unionid": unionid_of(name), "pushes": sent})


async def unfollow(world: World, call: Call) -> Answer:
    wish, app, name = read(call, UnfollowWish), program(world, ACCOUNT), call.params["name"]
    openid = openid_of(app.appid, name)
    if world.store.followers.get(openid) is None:
        raise Refused(f"{name} does not follow")
    world.store.followers.remove(openid)
    event = push.event_of(world, app, "unsubscribe", openid) | {"EventKey": ""}
    sent = await push.push_now(world, app, event, copies=wish.copies)
    return Answer.json({"openid": openid, "pushes": sent})


async def configure_push(world: World, call: Call) -> Answer:
    world.settings.service_push = read(call, PushTarget)
    world.save_settings()
    return Answer.json(world.settings.service_push)


async def show_messages(world: World, call: Call) -> Answer:
    openid = call.query.get("openid")
    rows = world.store.template_messages.rows.values()
    return Answer.json([m for m in rows if openid is None or m.openid == openid])


ROUTES = [
    ("POST", "/__ctl/users/{name}/follow", follow),
    ("POST", "/__ctl/users/{name}/unfollow", unfollow),
    ("POST", "/__ctl/service-account/push", configure_push),
    ("GET", "/__ctl/service-account/messages", show_messages),
]
