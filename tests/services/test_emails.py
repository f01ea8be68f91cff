"""E-mail addresses: the usual ways to type one, and what is none."""

import pytest

from services.kernel import emails


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("li@example.com", "li@example.com"),
        ("  li@example.com\t", "li@example.com"),
        ("Li.Wei+fp@Example.COM.cn", "Li.Wei+fp@example.com.cn"),
        ("ｌｉ＠ｅｘａｍｐｌｅ．ｃｏｍ", "li@example.com"),
        ("li@example。com", "li@example.com"),
        ("13900000001@139.com", "13900000001@139.com"),
    ],
)
def test_one_form_is_kept(typed: str, kept: str) -> None:
    assert emails.normalise(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "nowhere",
        "@example.com",
        "li@",
        "li@localhost",
        "li@example..com",
        "li@-example.com",
        "li@example-.com",
        ".li@example.com",
        "li..wei@example.com",
        "li@example.c",
        "li@example.com,mei@example.com",
        "li wei@example.com",
        "李@example.com",
        "li@example.com\nBcc: all@example.com",
        f"{'l' * 100}@example.com",
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(emails.InvalidEmail):
        emails.normalise(typed)
