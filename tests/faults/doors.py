"""Bugs to plant in the limits and the photos: title, file, old, new, the test that finds it."""

from typing import Final

LIMITS: Final = "tests/services/test_limits.py"
LIMITS_HTTP: Final = "tests/handlers/test_limits.py"
DEVELOPING: Final = "tests/services/test_photos_developing.py"
PHOTOS: Final = "tests/services/test_photos.py"
PHOTOS_HTTP: Final = "tests/handlers/test_photos.py"

DOORS: Final = (
    (
        "who is refused by one allowance uses up the others",
        "services/limits/buckets.py",
        "if wait > 0.001 then return math.ceil(wait) end\n",
        "",
        f"{LIMITS}::test_several_are_taken_together_or_not_at_all",
    ),
    (
        "without Redis everything is allowed",
        "services/limits/buckets.py",
        "self._ask_again_at:\n                return self._local.take(buckets)",
        "self._ask_again_at:\n                return 0",
        f"{LIMITS_HTTP}::test_limits_hold_and_answers_are_quick_without_redis",
    ),
    (
        "every request waits for a Redis that hangs",
        "services/limits/buckets.py",
        "if now < self._ask_again_at:",
        "if False:",
        f"{LIMITS}::test_a_hanging_redis_costs_one_request_in_five_seconds",
    ),
    (
        "all try at once whether Redis is back",
        "services/limits/buckets.py",
        "            self._ask_again_at = now + REST_SECONDS  # this",
        "            # this",
        f"{LIMITS}::test_after_the_rest_only_one_tries",
    ),
    (
        "anybody may say where they come from",
        "handlers/addresses.py",
        " or not vouched(speaker, trusted)",
        "",
        f"{LIMITS_HTTP}::test_a_made_up_address_is_no_way_round",
    ),
    (
        "the last address of a chain is believed, whoever wrote it",
        "handlers/addresses.py",
        "reversed(forwarded_for.split(",
        "(forwarded_for.split(",
        f"{LIMITS_HTTP}::test_our_proxy_is_believed_but_not_what_its_visitor_wrote",
    ),
    (
        "the token is looked up before the address is counted",
        "handlers/base.py",
        "        await self._limit_address()  # before the database is asked who this is\n",
        "",
        f"{LIMITS_HTTP}::test_a_flood_is_stopped_before_the_token_is_looked_up",
    ),
    (
        "to be signed in buys more sign-ins",
        "services/limits/models.py",
        "BY_ADDRESS: Final = frozenset({Rate.SIGN_IN, Rate.REFRESH})",
        "BY_ADDRESS: Final = frozenset({Rate.REFRESH})",
        f"{LIMITS_HTTP}::test_sign_in_is_counted_by_address_whoever_asks",
    ),
    (
        "a flood of pixels is decoded first",
        "services/photos/reencode.py",
        "if image.width * image.height > MOST_PIXELS:",
        "if image.load() and image.width * image.height > MOST_PIXELS:",
        f"{DEVELOPING}::test_a_flood_of_pixels_is_refused_before_it_is_decoded",
    ),
    (
        "the place where it was taken stays in the picture",
        "services/photos/reencode.py",
        "quality=QUALITY, optimize=True)",
        "quality=QUALITY, optimize=True, exif=image.getexif())",
        f"{DEVELOPING}::test_nothing_a_phone_adds_survives",
    ),
    (
        "a picture may be drawn a thousand times",
        "services/photos/reencode.py",
        "_scans(content) > MOST_SCANS",
        "_scans(content) > 10**6",
        f"{DEVELOPING}::test_a_picture_drawn_a_thousand_times_is_refused",
    ),
    (
        "whoever decides somewhere sees every photo",
        "services/photos/actions.py",
        "actor.may(photo.needs, photo.place)",
        "bool(actor.places(photo.needs))",
        f"{PHOTOS_HTTP}::test_who_decides_sees_what_hangs_on_a_request",
    ),
    (
        "the address of a photo lasts for ever",
        "services/photos/links.py",
        "if deps.now().timestamp() >= int(expires):",
        "if not int(expires):",
        f"{PHOTOS_HTTP}::test_an_address_opens_one_photo_for_five_minutes",
    ),
    (
        "the address of a photo opens others",
        "services/photos/links.py",
        'f"{photo_id}\\n{expires}".encode()',
        'f"{expires}".encode()',
        f"{PHOTOS_HTTP}::test_whatever_is_changed_in_an_address_it_finds_nothing",
    ),
    (
        "a log opens photos",
        "services/kernel/redaction.py",
        '"signature=<hidden>"',
        'r"\\g<0>"',
        f"{PHOTOS_HTTP}::test_no_log_opens_a_photo",
    ),
    (
        "somebody hangs another's photo on their request",
        "services/photos/store.py",
        '        "person": person,\n        "state": State.READY,\n',
        '        "state": State.READY,\n',
        f"{PHOTOS}::test_only_own_loose_photos_are_attached_and_all_or_none",
    ),
    (
        "a photo goes although it was attached a moment ago",
        "services/photos/store.py",
        '"state": photo.state, "sweep_at": photo.sweep_at}',
        '"state": photo.state}',
        f"{PHOTOS}::test_what_is_attached_at_the_last_moment_stays",
    ),
    (
        "a file is written that no document knows of",
        "services/photos/upload.py",
        "store.insert(deps.db, photo)\n    await _keep(deps, photo.id, picture, key)\n",
        "_keep(deps, photo.id, picture, key)\n    await store.insert(deps.db, photo)\n",
        f"{PHOTOS}::test_killed_while_adding_nothing_is_seen_and_nothing_stays",
    ),
    (
        "a document goes before its file",
        "services/photos/cleanup.py",
        "await asyncio.to_thread(files.remove, ",
        "await store.delete(deps.db, photo.id)\n        await asyncio.to_thread(files.remove, ",
        f"{PHOTOS}::test_killed_while_sweeping_the_next_one_goes_on",
    ),
    (
        "many at once go over the quota",
        "services/photos/upload.py",
        "        await _require_room(deps, actor, tx)\n",
        "",
        f"{PHOTOS_HTTP}::test_the_quota_is_exact_however_many_come_at_once",
    ),
    (
        "a sealed file opens at another place",
        "services/kernel/vault.py",
        "sealed[NONCE_BYTES:], place.encode())\n    except (",
        "sealed[NONCE_BYTES:], sealed[:0])\n    except (",
        f"{PHOTOS}::test_a_sealed_file_opens_only_with_its_key_at_its_place",
    ),
)
