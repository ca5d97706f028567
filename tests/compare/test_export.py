"""Exports hold what differs and nothing that acts: no script, no link, no formula."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitdesk.compare.content.differ import differ
from kitdesk.compare.content.result import Content, Fact, RowCounts, RowSample, TableDiff
from kitdesk.compare.content.source import Budget, MemoryBytes
from kitdesk.compare.content.words import inert
from kitdesk.compare.export.csv import content_csv, harmless
from kitdesk.compare.export.html import report_html
from kitdesk.compare.export.markdown import content_markdown, escape
from kitdesk.compare.export.text import content_lines, content_text
from kitdesk.compare.findings import better, headline_of
from kitdesk.compare.row_words import row_words
from kitdesk.compare.values import (
    Comparison,
    FieldChange,
    FileChange,
    FileFacts,
    FileKind,
    SideFacts,
    Verdict,
)


def of(name: str, left: str | None, right: str | None) -> Content:
    old, new = (None if one is None else MemoryBytes(one.encode()) for one in (left, right))
    return differ(old, name, new, name, Budget())


def comparison(*paths: str, fields: tuple[FieldChange, ...] = ()) -> Comparison:
    facts = FileFacts(1, "0" * 64, 0o644, "dataset")
    files = tuple(FileChange(path, FileKind.CHANGED, facts, facts) for path in paths)
    sides = SideFacts("v1", "sha256:" + "1" * 64, 1), SideFacts("v2", "sha256:" + "2" * 64, 1)
    return Comparison(Verdict.DIFFERENT, "v2 has changed data.", *sides, (), fields, (), files)


TABLE = of("ratings.csv", "id,x\n1,a\n2,b\n", "id,x\n1,a\n2,=cmd()\n3,c\n")


def test_the_changed_rows_as_csv() -> None:
    rows = list(csv.reader(io.StringIO(content_csv(TABLE))))
    assert rows[0] == ["change", "side", "id", "x"]
    assert sorted(rows[1:]) == [
        ["added", "after", "3", "c"],
        ["changed", "after", "2", "'=cmd()"],
        ["changed", "before", "2", "b"],
    ]


def test_other_kinds_as_csv() -> None:
    rows = list(csv.reader(io.StringIO(content_csv(of("a.json", '{"a": 1}', '{"a": 2}')))))
    assert ["changed", "value", "a", "1", "2"] in rows
    assert all(row[0] in {"change", "changed", "added", "removed"} for row in rows)


@given(st.text())
def test_no_cell_is_a_formula(text: str) -> None:
    cell = harmless(text)
    assert not cell.startswith(("=", "@", "\t", "\r"))
    if cell.startswith(("+", "-")):
        float(cell)


@pytest.mark.parametrize("number", ["-5", "+1.5", "-1e9", "0"])
def test_numbers_stay_numbers(number: str) -> None:
    assert harmless(number) == number


def test_text_tells_rows_and_limits() -> None:
    text = content_text("data/ratings.csv", TABLE)
    assert text.startswith("data/ratings.csv\n")
    assert "+ 3: id=3, x=c" in text
    assert "~ 2: column x, b → =cmd()" in text
    assert next(iter(content_lines(TABLE))) == TABLE.summary


@given(st.text())
def test_nothing_in_markdown_is_active(text: str) -> None:
    escaped = escape(text)
    assert "\n" not in escaped
    assert not re.search(r"(?<!\\)(?:\\\\)*[<\[\]`|*_!]", escaped)
    shown = inert(text.replace("\n", " "))
    assert "\\" in shown or escaped.replace("\\", "") == shown


def test_a_fence_cannot_be_left() -> None:
    found = content_markdown("a.txt", of("a.txt", "one\n", "one\n```` <b>\n"))
    fences = [line for line in found.splitlines() if line.startswith("`````")]
    assert len(fences) == 2


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


KNOWN = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "p", "ul", "li",
         "table", "tr", "th", "td", "pre", "span"}  # fmt: skip


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_whatever_a_file_holds_a_page_stays_inert(text: str) -> None:
    sample = RowSample("A", (text,), None, {text: text})
    table = TableDiff(RowCounts((text,), 1, 2, 1), (), (sample,))
    facts = (Fact(text, text, text, [text], "M"),)
    content = Content("table", ("csv", "csv"), text, False, facts, (), (table,))
    path = text or "x"
    page = _Page()
    page.feed(report_html(comparison(path), {path: content}))
    assert page.tags <= KNOWN
    assert page.attributes <= {"lang", "charset", "http-equiv", "content", "name", "class", "title"}


def test_a_page_holds_every_file_and_reaches_nothing() -> None:
    evil = '"><script src=//evil.example/x.js></script>'
    found = report_html(
        comparison("data/ratings.csv", evil), {"data/ratings.csv": TABLE, evil: TABLE}
    )
    assert "<script" not in found
    assert "default-src &#x27;none&#x27;" in found or "default-src 'none'" in found
    assert not re.search(r"(?:src|href)\s*=\s*[\"']", found)
    assert found.count("=cmd()") >= 2


def test_control_characters_are_shown() -> None:
    content = of("a.txt", "one\n", "\x1b[31mred\n")
    for text in (
        content_text("a\x1b.txt", content),
        content_markdown("a\x1b.txt", content),
        content_csv(content),
        report_html(comparison("a\x1b.txt"), {"a\x1b.txt": content}),
    ):
        assert "\x1b" not in text


# the first sentence ---------------------------------------------------------------------------


def test_the_first_sentence_is_what_is_known() -> None:
    fields = (
        FieldChange("model.parameters.rmse", "changed", 0.82, 0.99),
        FieldChange("model.parameters.n_components", "changed", 20, 50),
        FieldChange("package.version", "changed", "1", "2"),
    )
    three = of("ratings.csv", "id,x\n1,a\n", "id,x\n1,a\n2,b\n3,c\n4,d\n")
    found = headline_of(comparison("ratings.csv", fields=fields), {"ratings.csv": three})
    assert found == "rmse 0.82 → 0.99, worse; n_components 20 → 50; ratings: 3 rows added."


def test_without_contents_the_sentence_stays() -> None:
    assert headline_of(comparison("a"), {}) == "v2 has changed data."
    text = of("a.py", "x = 1\n", "x = 2\n")
    assert headline_of(comparison("a.py"), {"a.py": text}) == "v2 has changed data."


@pytest.mark.parametrize(
    ("name", "left", "right", "how"),
    [
        ("rmse", 0.8, 0.9, "worse"),
        ("val_loss", 0.5, 0.4, "better"),
        ("test_accuracy", 0.5, 0.6, "better"),
        ("f1_macro", 0.5, 0.4, "worse"),
        ("n_estimators", 10, 20, ""),
        ("accuracy_loss", 1, 2, ""),
        ("rmse", 1, 1, ""),
        ("glossary", 1, 2, ""),
    ],
)
def test_only_measures_everybody_knows_are_judged(
    name: str, left: float, right: float, how: str
) -> None:
    assert better(name, left, right) == how


def test_measures_are_those_of_a_file_of_measures() -> None:
    content = of("metrics.json", '{"accuracy": 0.5}', '{"accuracy": 0.75}')
    told = headline_of(comparison("metrics.json"), {"metrics.json": content})
    assert told == "accuracy 0.5 → 0.75, better."
    elsewhere = headline_of(comparison("config.json"), {"config.json": content})
    assert "better" not in elsewhere


@pytest.mark.parametrize(
    ("name", "left", "right", "words"),
    [
        ("t.csv", "id,x\n1,a\n2,b\n", "id,x\n1,a\n2,c\n3,d\n", "1 + 1 ~ rows by id"),
        ("a.json", '{"a": {"C": 1.0}}', '{"a": {"C": 2.0}}', "C 1.0 → 2.0"),
        ("a.json", '{"a": 1, "b": 2}', '{"b":2,"a":1}', "same content, written differently"),
        ("a.py", "x = 1\n", "x = 2\ny = 3\n", "+2 −1 lines"),
    ],
)
def test_words_of_a_row(name: str, left: str, right: str, words: str) -> None:
    assert row_words(of(name, left, right)) == words
