"""deploy/env.example names the settings that Settings reads, with the same defaults."""

import re
from pathlib import Path

import pytest

from server.features import FEATURES
from server.settings import Settings, SettingsError

LINES = (Path(__file__).parents[2] / "deploy/env.example").read_text("utf-8").splitlines()
OWN_KEYS = '{"k": "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="}'
VARIABLES = [m for line in LINES if (m := re.match(r"(#?)([A-Z][A-Z_]*)=(.*)", line))]


def test_every_setting_is_explained_and_nothing_else() -> None:
    explained = [match[2].lower() for match in VARIABLES]
    assert sorted(explained) == sorted(Settings.__struct_fields__)


@pytest.mark.parametrize("match", VARIABLES, ids=lambda match: match[2])
def test_lines_with_a_hash_show_the_default(match: re.Match[str]) -> None:
    name = match[2].lower()
    given = Settings.read({match[2]: match[3]})
    if match[1]:
        assert given == Settings()
    else:
        assert given != Settings()
        assert name in {"mongodb_uri", "redis_url", "public_url", "secret_keys"} | {
            "wx_appid",
            "wx_secret",
        }


def test_the_lines_without_a_hash_are_enough_for_web_and_worker() -> None:
    Settings.read(
        {m[2]: own(m[3]) for m in VARIABLES if not m[1]} | {"SECRET_KEYS": OWN_KEYS}
    ).require_all()


@pytest.mark.parametrize("name", [m[2] for m in VARIABLES if not m[1]])
def test_the_samples_themselves_start_nothing(name: str) -> None:
    samples = {m[2]: m[3] for m in VARIABLES if not m[1]}
    environ = {key: own(sample) for key, sample in samples.items()}
    environ |= {"SECRET_KEYS": OWN_KEYS, name: samples[name]}
    with pytest.raises(SettingsError, match=rf"^{name}: still as in deploy/env.example"):
        Settings.read(environ).require_all()


def own(sample: str) -> str:
    """Put in what somebody who installs it would."""
    return re.sub("change-me|0000000000000000|[.]example", ".cn", sample)


def test_an_empty_default_is_empty() -> None:
    empty = {m[2].lower() for m in VARIABLES if m[1] and not m[3]}
    assert {name for name in empty if getattr(Settings(), name)} == set()


def test_every_setting_has_a_comment_above() -> None:
    bare = [
        match[2]
        for match in VARIABLES
        if not previous(match[0]).startswith("# ") and not names_setting(previous(match[0]))
    ]
    assert bare == []


def test_the_names_of_all_messages_are_listed() -> None:
    text = "\n".join(LINES).replace("\n# ", " ")
    listed = re.search(r"Names: ([a-z_, ]+)\.", text)
    assert listed is not None
    assert sorted(listed[1].split(", ")) == sorted(FEATURES.templates)


def previous(line: str) -> str:
    return LINES[LINES.index(line) - 1]


def names_setting(line: str) -> bool:
    return any(match[0] == line for match in VARIABLES)
