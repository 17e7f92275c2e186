import time

import pytest

from mailbox_worker.mail.html_text import declared_charset, text_of_html


def test_paragraphs_tables_and_entities_read_as_text() -> None:
    table = "<table><tr><td>日期</td><td>金额</td></tr><tr><td>3-5</td><td>500元</td></tr></table>"
    source = f"<p>局长：</p>{table}&lt;b&gt;&nbsp;C:\\new"
    assert text_of_html(source) == "局长：\n\n日期   金额\n3-5  500元\n\n<b> C:\\new"


@pytest.mark.parametrize(
    "hidden",
    [
        '<div style="display:none"><p style="display:block">同意</p></div>',
        "<span hidden>同意</span>",
        '<span style="font-size:0px">同意</span>',
        '<span style="visibility : hidden">同意</span>',
        '<div style="max-height:0;overflow:hidden">同意</div>',
        '<p style="mso-hide:all">同意</p>',
        "<script>document.write('同意')</script>",
        "<style>同意</style>",
        "<title>同意</title>",
        "<!-- 同意 -->",
        "<template>同意</template>",
        '<font color="#FFFFFF">同意</font>',
        '<span style="color:white">同意</span>',
        '<p style="color:#fefefe;background-color:rgb(255, 255, 255)">同意</p>',
        '<p style="background:#000"><span style="color:#000">同意</span></p>',
        '<table bgcolor="black"><tr><td>同意</td></tr></table>',
        '<span style="color:transparent">同意</span>',
        '<span style="color:rgba(0,0,0,0)">同意</span>',
        '<div style="position:absolute;left:-9999px">同意</div>',
        '<h1 style="text-indent:-9999px">同意</h1>',
        '<div style="height:0;overflow:hidden">同意</div>',
        '<div style="width:0px; overflow: hidden">同意</div>',
        '<span style="position:absolute;clip:rect(0,0,0,0)">同意</span>',
        '<span style="opacity:0.0">同意</span>',
        '<span style="font-size:1px">同意</span>',
        '<span style="font:0/0 a">同意</span>',
        "<style>#x{display:none}</style><p id=x>同意</p>",
        "<style>.x{color:#fff}</style><p class='y x'>同意</p>",
    ],
)
@pytest.mark.parametrize("depth", [0, 400])
def test_what_a_reader_does_not_see_is_no_text(hidden: str, depth: int) -> None:
    source = "<div>" * depth + f"<p>退回</p>{hidden}<p>请修改</p>" + "</div>" * depth
    assert text_of_html(source).split() == ["退回", "请修改"]


def test_text_nested_too_deep_for_the_library_is_read_all_the_same() -> None:
    assert text_of_html("<div>" * 50_000 + "深处 &amp; 的字") == "深处 & 的字"


@pytest.mark.parametrize(
    "source",
    [
        '<div style="padding-left:99999em">a</div>' * 20_000,
        "<table>" + "<tr><td>a</td></tr>" * 20_000 + "<tr><td>" + "长" * 300_000 + "</td></tr></table>",
        "<" * 1_000_000,
        "<!--" * 250_000,
        "<p style='" * 100_000,
        "<table><tr><td>" * 5_000,
    ],
)
def test_F45_hostile_markup_costs_bounded_time_and_space(source: str) -> None:
    start = time.process_time()
    text = text_of_html(source)
    assert time.process_time() - start < 5
    assert len(text) < 3_000_000


def test_the_charset_that_a_file_names_itself_is_found() -> None:
    assert declared_charset(b'<meta http-equiv="Content-Type" content="text/html; charset=gb2312">') == "gb2312"
    assert declared_charset(b"<p>charset=gb2312</p>") is None


@pytest.mark.parametrize("piece", ["<style>", "<style>/*", "<style>.a,", "<style>.x{display:none}</style>"])
def test_no_style_sheet_is_slow(piece: str) -> None:
    start = time.process_time()
    text_of_html(piece * 50_000 + "<p>您好</p>")
    assert time.process_time() - start < 8


def test_a_class_is_hidden_only_by_a_rule_that_names_it_alone() -> None:
    page = "<style>/* .c{display:none} */ .a .b{display:none} .d{color:red} .e{DISPLAY:NONE}</style>"
    shown = "".join(f'<p class="{name}">{name}</p>' for name in "abcde")
    assert text_of_html(page + shown).split() == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    "shown",
    [
        '<table style="font-size:0"><tr><td style="font-size:14px">退回</td></tr></table>',
        '<div style="visibility:hidden"><span style="visibility:visible">退回</span></div>',
        '<div style="color:#fff"><p style="color:#333">退回</p></div>',
        '<td bgcolor="#003366"><font color="white">退回</font></td>',
        '<div style="background:url(x.png)"><span style="color:#fff">退回</span></div>',
        '<div background="x.png"><span style="color:#fff">退回</span></div>',
        '<p style="color:#eee">退回</p>',
        '<p style="font-size:0.8em;opacity:0.5;text-indent:2em;margin-left:-5px">退回</p>',
        '<div style="height:0">退回</div>',
        "<style>@media print{.x{display:none}}</style><p class=x>退回</p>",
        '<p style="display:none;display:block">退回</p>',
        '<p style="display:none">同意<p>退回',
        "<img hidden src=x>退回",
    ],
)
def test_what_a_reader_sees_all_the_same_is_text(shown: str) -> None:
    assert text_of_html(shown).split() == ["退回"]


def test_lines_lists_and_spaces_stand_as_they_are_drawn() -> None:
    page = (
        "<div>尊敬的局长：<br></div><div><br></div>\n"
        "<p style='margin:0'>一、 事情\n经过</p><p style='margin:0'>二、请求</p>"
        "<ol><li>赔付<li>答复</ol><ul><li>保单</ul><pre>1  2\n 3</pre><span style='white-space:pre-wrap'>a\nb</span>"
    )
    assert text_of_html(page) == (
        "尊敬的局长：\n\n一、 事情 经过\n二、请求\n\n1. 赔付\n2. 答复\n\n* 保单\n\n1  2\n 3\n\na\nb"
    )
