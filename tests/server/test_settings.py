import base64
import os
import re
from pathlib import Path

import pytest

from server.settings import LogFormat, Settings, SettingsError

KEY = base64.b64encode(b"k" * 32).decode()


def test_nothing_set_gives_the_defaults() -> None:
    assert Settings.read({}) == Settings()
    assert Settings.read({"PORT": "", "MONGODB_URI": " "}) == Settings()


def test_numbers_words_paths_and_json_are_read() -> None:
    settings = Settings.read(
        {
            "PORT": "9000",
            "DATA_DIR": "/srv/data",
            "TRUSTED_PROXIES": "10.0.0.1, 10.0.1.0/24,::1",
            "LOG_FORMAT": "json",
            "SECRET_KEYS": f'{{"new": "{KEY}", "old": "{KEY}"}}',
            "WXPAY_ACCOUNTS": '[{"key": "firm", "public_key_id": null}]',
        }
    )
    assert settings.port == 9000
    assert settings.data_dir == Path("/srv/data")
    assert settings.trusted_proxies == ("10.0.0.1", "10.0.1.0/24", "::1")
    assert settings.log_format is LogFormat.JSON
    assert next(iter(settings.secret_keys.items())) == ("new", b"k" * 32)
    assert settings.wxpay_accounts == ({"key": "firm", "public_key_id": None},)


def test_a_value_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from a file\n")
    assert Settings.read({"WX_SECRET_FILE": str(tmp_path / "secret")}).wx_secret == (
        "from a file"
    )


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({"PORT": "eighty"}, "PORT: write a whole number"),
        ({"PORT": "65536"}, "PORT: choose a number from 0 to 65535"),
        ({"MONGODB_TIMEOUT_MS": "0"}, "MONGODB_TIMEOUT_MS: choose a number from 100"),
        ({"WORKER_CONCURRENCY": "-1"}, "WORKER_CONCURRENCY: choose"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL: choose debug, info"),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT: choose console or json"),
        ({"TRUSTED_PROXIES": "proxy"}, "TRUSTED_PROXIES: 'proxy' is no address: write e.g."),
        ({"TRUSTED_PROXIES": "10.0.0.1/24"}, "TRUSTED_PROXIES: '10.0.0.1/24' is no address"),
        ({"TRUSTED_PROXIES": "10.0.0.1,"}, "TRUSTED_PROXIES: '' is no address"),
        ({"MONGODB_URI": "localhost"}, "MONGODB_URI: start it with mongodb://"),
        ({"REDIS_URL": "localhost"}, "REDIS_URL: start it with redis://"),
        ({"PUBLIC_URL": "sanzhangtong.example"}, "PUBLIC_URL: start it with https://"),
        ({"PUBLIC_URL": "http://sanzhangtong.cn"}, "PUBLIC_URL: start it with https://"),
        ({"PUBLIC_URL": "http://10.0.0.1:8000"}, "PUBLIC_URL: start it with https://"),
        ({"SECRET_KEYS": "hunter2"}, 'SECRET_KEYS: write {"id": "key"}; make a key with: o'),
        ({"SECRET_KEYS": '{"a": "hunter2!"}'}, "SECRET_KEYS: write"),
        ({"SECRET_KEYS": '{"a": "c2hvcnQ="}'}, "SECRET_KEYS: key 'a' has 5 bytes"),
        ({"WXPAY_ACCOUNTS": "{}"}, "WXPAY_ACCOUNTS: Expected `array`"),
        ({"WX_TEMPLATES": '{"bill": "t1"}'}, "WX_TEMPLATES: no message is called 'bill'"),
        (
            {"WX_TEMPLATES": '{"bill_issued": "t1", "home_news": "t1"}'},
            "WX_TEMPLATES: 'bill_issued' and 'home_news' fill other cells",
        ),
        ({"WX_SECRET": "a", "WX_SECRET_FILE": "b"}, "WX_SECRET and WX_SECRET_FILE are both"),
        ({"WX_SECRET_FILE": "/nowhere"}, "WX_SECRET_FILE: cannot read /nowhere: No such file"),
    ],
)
def test_a_mistake_names_the_variable_in_one_line(environ: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.read(environ)
    assert str(caught.value).startswith(says)
    assert "\n" not in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_messages_that_fill_the_same_cells_may_share_an_id() -> None:
    shared = {"home_news": "t1", "home_request_progress": "t1"}
    assert Settings().replace(wx_templates=shared).wx_templates == shared


def test_replacing_checks_again_and_leaves_what_is_not_given() -> None:
    assert Settings().replace(port=9000, data_dir=None) == Settings(port=9000)
    with pytest.raises(SettingsError, match="PORT"):
        Settings().replace(port=70_000)


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "[::1]", "localhost", "127.8.8.8"])
def test_only_this_machine_is_visited_without_tls(host: str) -> None:
    assert Settings().replace(public_url=f"http://{host}").public_url == f"http://{host}"


def test_photos_lie_beside_the_other_data_unless_told_otherwise() -> None:
    assert Settings().replace(data_dir=Path("/srv")).photos_folder == Path("/srv/photos")
    assert Settings.read({"PHOTOS_DIR": "/mnt/photos"}).photos_folder == Path("/mnt/photos")


def test_what_is_missing_is_named_at_once() -> None:
    with pytest.raises(SettingsError, match="Set MONGODB_URI, REDIS_URL, WX_APPID"):
        Settings().require_all()


def test_secrets_do_not_show() -> None:
    settings = Settings(
        wx_appid="wx1",
        wx_secret="hunter2",
        wx_push_token="hunter2",
        wx_push_aes_key="hunter2",
        wx_service_appid="wx2",
        wx_service_secret="hunter2",
        wx_service_push_token="hunter2",
        wx_service_push_aes_key="hunter2",
        secret_keys={"a": b"hunter2"},
        wxpay_accounts=({"private_key_pem": "hunter2"},),
        mongodb_uri="mongodb://app:hunter2@db/?replicaSet=rs0",
        redis_url="redis://:hunter2@cache:6379/0",
    )
    assert "hunter2" not in repr(settings)
    assert "hunter2" not in f"{settings}"
    assert "wx1" in repr(settings)
    assert "replicaSet=rs0" in repr(settings)


SERVICE = {
    "WX_SERVICE_APPID": "wx2",
    "WX_SERVICE_SECRET": "s",
    "WX_SERVICE_PUSH_TOKEN": "t",
    "WX_SERVICE_PUSH_AES_KEY": "k" * 43,
    "WX_SERVICE_TEMPLATES": '{"bill_issued": "T1"}',
}


def test_a_service_account_is_linked_whole() -> None:
    assert Settings.read(SERVICE).wx_service_templates == {"bill_issued": "T1"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        *(({name: ""}, f"{name}: set it too") for name in SERVICE),
        ({"WX_SERVICE_TEMPLATES": "{}"}, "WX_SERVICE_TEMPLATES: set it too"),
        ({"WX_SERVICE_TEMPLATES": '{"x": "T"}'}, "WX_SERVICE_TEMPLATES: no message is call"),
        ({"WX_APPID": "wx2"}, "WX_SERVICE_APPID: it is the mini-program's"),
    ],
)
def test_a_service_account_is_not_linked_by_half(change: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsError, match=f"^{re.escape(says)}"):
        Settings.read(SERVICE | change)


def test_the_process_environment_is_the_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "9123")
    assert "PORT" in os.environ  # noqa: TID251  # the thing under test
    assert Settings.read().port == 9123
