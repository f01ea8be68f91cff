"""Chapter of notices: written, previewed, published, pushed, read, answered, and one door."""

from demo.tour.visit import Visit, counted, expect
from services.kernel.days import plus_days, start_of


async def notice_is_written(visit: Visit) -> str:
    rules = {"second_eyes": False, "quiet_from": 0, "quiet_to": 0}  # a tour may be at night
    await visit.ask("staff", "PUT", f"/places/{visit.compound}/notice-rules", rules)
    until = start_of(plus_days(visit.today, 7)).isoformat()
    wish = {
        "kind": "asks_answer",
        "audience": {
            "places": [visit.compound],
            "relations": ["owner", "co_owner", "family", "tenant"],
        },
        "title": "检修停水通知",
        "text": "下周一8时至12时检修停水。\n- 请提前储水\n- 家里请留人",
        "signed_by": "新城社区居委会",
        "question": {"form": "yes_no", "until": until},
    }
    made = await visit.ask("staff", "POST", "/notices", wish)
    visit.notice = made["notice_id"]
    seen = await visit.ask("staff", "GET", f"/notices/{visit.notice}/preview")
    return (
        f"a notice is drafted; it means {counted(seen['homes'], 'home')}, in "
        f"{seen['unbound_homes']} of which nobody uses WeChat; a push would reach "
        f"{seen['pushable']} of {seen['people']} who do"
    )


async def resident_allows_notices(visit: Visit) -> str:
    asked = await visit.ask("resident", "GET", "/me/message-grants?moment=after_reading")
    wanted = [each for each in asked["items"] if each["template"] == "notice"]
    expect(wanted, "nobody is asked to allow notices")
    wish = {"template_ids": [wanted[0]["template_id"]]}
    await visit.visitor.desk.act(f"users/{visit.user('resident')}/subscribe", **wish)
    return f"a resident is asked to allow one: “{wanted[0]['reason']}”"


async def notice_is_published(visit: Visit) -> str:
    await visit.ask("staff", "POST", f"/notices/{visit.notice}/publish", {})
    path = f"/notices/{visit.notice}/progress"
    done = await visit.until_state("staff", path, "done")
    expect(done["pushed"] == 1, f"{done['pushed']} pushes")
    openid = (await visit.visitor.desk.act(f"users/{visit.user('resident')}"))["openid"]
    shown = await visit.visitor.desk.look(f"messages?openid={openid}")
    [push] = [each for each in shown if each["template_id"].endswith("-notice")]
    return (
        f"published: {done['people']} have it in the inbox, pushed to {done['pushed']} "
        f"in WeChat: {push['data']['thing1']}"
    )


async def notice_is_read_and_answered(visit: Visit) -> str:
    mine = await visit.ask("resident", "GET", "/me/notices")
    [notice] = [each for each in mine["items"] if each["notice_id"] == visit.notice]
    await visit.ask("resident", "POST", "/me/notices/read", {"notice_ids": [visit.notice]})
    wish = {"answer": "yes", "home": visit.home["path"]}
    await visit.ask("resident", "PUT", f"/me/notices/{visit.notice}/answer", wish)
    return f"a resident reads “{notice['title']}” and answers for the home: yes"


async def a_door_is_visited(visit: Visit) -> str:
    path = f"/places/{visit.unit}/unreached-homes?limit=100"
    before = (await visit.ask("head", "GET", path))["items"]
    expect(before, "no door is left")
    door = next(each for each in before if each["because"] == "nobody_bound")
    told = {"result": "told", "told_whom": "owner"}
    where = f"/notices/{visit.notice}/homes/{door['home']}/visits"
    await visit.ask("head", "POST", where, told)
    after = (await visit.ask("head", "GET", path))["items"]
    expect(len(after) == len(before) - 1, "the door is still on the list")
    return (
        f"the unit head knocks at {door['address']}, where nobody uses WeChat: "
        f"{len(before)} doors were left, {len(after)} are"
    )


async def the_page_says_so(visit: Visit) -> str:
    found = await visit.ask("staff", "GET", f"/notices/{visit.notice}/reach")
    homes, people = found["here"]["homes"], found["here"]["people"]
    expect(homes["answered"] == 1, f"{homes['answered']} homes answered")
    expect(homes["visited"] == 1, f"{homes['visited']} homes visited")
    expect(homes["unreached"] < homes["meant"], "nobody was reached")
    return (
        f"the sender's page: of {counted(homes['meant'], 'home')} {homes['pushed']} pushed to, "
        f"{homes['shown']} shown, {homes['answered']} answered, {homes['visited']} visited, "
        f"{homes['unreached']} not reached; {people['shown']} of {people['meant']} in WeChat "
        "looked"
    )
