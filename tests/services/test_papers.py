"""Papers: Chinese that wraps, codes that say what they should, the same bytes each time."""

import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth

from services.kernel import papers
from services.kernel.papers import pdf
from services.kernel.sheets import Facts, PaperTooLong, QrCode, Sheet, Text
from tests.build.papers import modules_of, pages_of

LIFT = Sheet(
    "2号电梯",
    (
        Text("春光小区3栋2单元", large=True),
        QrCode("https://sanzhangtong.example/c/0123456789abcdefghijkl", width=100),
        Facts((("编号", "0012"), ("说明", "一层到三层之间停住"))),
    ),
)


def test_a_sheet_shows_its_texts_and_its_code() -> None:
    [page] = pages_of(pdf("场所码", [LIFT]))
    assert page.lines == [
        "2号电梯",
        "春光小区3栋2单元",
        "编号",
        "0012",
        "说明",
        "一层到三层之间停住",
        "第 1 页,共 1 页",
    ]
    assert page.modules == modules_of("https://sanzhangtong.example/c/0123456789abcdefghijkl")


def test_the_same_input_gives_the_same_bytes_and_another_others() -> None:
    assert pdf("场所码", [LIFT, LIFT]) == pdf("场所码", [LIFT, LIFT])
    assert pdf("场所码", [LIFT]) != pdf("工单", [LIFT])


def test_no_font_is_carried() -> None:
    made = pdf("场所码", [LIFT])
    assert b"/FontFile" not in made
    assert b"/BaseFont /STSong-Light" in made


def test_each_sheet_begins_a_page_and_pages_are_numbered() -> None:
    pages = pages_of(pdf("场所码", [LIFT, Sheet("水泵", ())]))
    assert [page.lines[0] for page in pages] == ["2号电梯", "水泵"]
    assert [page.lines[-1] for page in pages] == ["第 1 页,共 2 页", "第 2 页,共 2 页"]


def test_a_long_text_wraps_within_its_column_and_goes_on_overleaf() -> None:
    said = "厨房水管漏水,已关总阀。" * 300
    first, *others = pages_of(pdf("工单", [Sheet("工单", (Facts((("说明", said),)),))]))
    assert others
    lines = [line for page in (first, *others) for line in page.lines[:-1]]
    assert lines[:2] == ["工单", "说明"]
    assert "".join(lines[2:]) == said
    widest = max(stringWidth(line, papers.FONT, papers.ORDINARY) for line in lines[2:])
    assert widest <= papers.ACROSS - papers.LABELS + papers.ORDINARY  # "。" may hang out


def test_no_line_begins_with_a_sign_that_closes() -> None:
    page = pages_of(pdf("工单", [Sheet("工单", (Text("水管漏水了。" * 100),))]))[0]
    assert not [line for line in page.lines[1:] if line.startswith("。")]


def test_line_breaks_and_empty_lines_are_kept() -> None:
    [page] = pages_of(pdf("工单", [Sheet("工单", (Text("先关阀\n\n再报修"),))]))
    assert page.lines == ["工单", "先关阀", "", "再报修", "第 1 页,共 1 页"]


def test_a_text_is_never_read_as_markup() -> None:
    typed = '<img src="http://evil.example/x"/> & (a) \\(b\\)'
    [page] = pages_of(pdf(typed, [Sheet("工单", (Text(typed),))]))
    assert page.lines[1] == typed


def test_signs_beyond_the_fonts_encoding_are_marked_and_stop_nothing() -> None:
    [page] = pages_of(pdf("工单", [Sheet("𠮷", (Text("灯坏了\U0001f4a1\ud800。"),))]))
    assert page.lines[:2] == ["〓", "灯坏了〓〓。"]


def test_a_file_has_no_more_pages_than_one_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(papers, "MOST_PAGES", 3)
    endless = Sheet("工单", (Text("漏\n" * 1000),))
    for sheets in ([LIFT] * 4, [endless], [Sheet("工单", (Text("漏\n" * 60),))] * 2):
        with pytest.raises(PaperTooLong) as refused:
            pdf("场所码", sheets)
        assert refused.value.details == {"most": 3}
    assert len(pages_of(pdf("场所码", [LIFT] * 3))) == 3


def test_a_file_without_a_sheet_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="at least one sheet"):
        pdf("场所码", [])
