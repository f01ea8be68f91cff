"""Followers of the service account: who follows, and what it may know of them."""

from sandbox.keys import MiniProgram
from sandbox.mini_program.errors import MiniError
from sandbox.mini_program.gate import MiniRoute, by_service_token
from sandbox.openids import belongs, unionid_of
from sandbox.records import Follower
from sandbox.web import Answer, Call
from sandbox.world import World


def follower_of(world: World, app: MiniProgram, openid: str) -> Follower | None:
    """Return a follower, None for somebody who does not follow; 40003 for no openid of it."""
    if not belongs(openid, app.appid):
        raise MiniError(40003)
    return world.store.followers.get(openid)


async def info(world: World, call: Call, app: MiniProgram) -> Answer:
    """Tell of one person, without errcode; of who does not follow only that."""
    openid = call.query.get("openid", "")
    follower = follower_of(world, app, openid)
    if follower is None:
        return Answer.json({"subscribe": 0, "openid": openid, "tagid_list": []})
    told = {
        "subscribe": 1,
        "openid": openid,
        "language": "zh_CN",
        "subscribe_time": int(follower.followed_at),
        "remark": "",
        "groupid": 0,
        "tagid_list": [],
        "subscribe_scene": "ADD_SCENE_QR_CODE",
    }
    if follower.unionid:
        told["unionid"] = unionid_of(follower.name)
    return Answer.json(told)


ROUTES = [("GET", "/cgi-bin/user/info", MiniRoute(by_service_token, info))]
