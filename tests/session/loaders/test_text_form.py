"""The editor's text is the file's: its bytes come back, and an edit changes that edit alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kitdesk.session.loaders.text_form import BOM, file_text

ENDS = ["\n", "\r\n", "\r", "\u2029"]
ODD = st.text(alphabet="ab \u00a0\u2028\u0085\ufeff\t" + "".join(ENDS) + "😀", max_size=40)


@given(ODD, st.booleans())
def test_what_is_not_edited_keeps_every_byte(text: str, bom: bool) -> None:
    data = BOM * bom + text.encode()
    form = file_text(data)
    assert form.with_text(form.text) == data
    assert form.text.count("\n") == len(form.ends)


@given(st.lists(st.sampled_from(["a", "b", "c\u00a0d", ""]), min_size=1, max_size=9), st.data())
def test_a_new_line_changes_no_other_byte(lines: list[str], data: st.DataObject) -> None:
    ends = [data.draw(st.sampled_from(ENDS)) for _ in lines[1:]]
    if any(
        a == "\r" and not b and c == "\n"
        for a, b, c in zip(ends, lines[1:], ends[1:], strict=False)
    ):
        return  # a CR, nothing, a LF are one end of a line
    whole = "".join(a + b for a, b in zip(lines, [*ends, ""], strict=True))
    form = file_text(whole.encode())
    at = data.draw(st.integers(0, len(lines) - 1))
    typed = [*form.text.split("\n")]
    typed.insert(at, "NEW")
    written = form.with_text("\n".join(typed)).decode()
    before, _, after = written.partition("NEW")
    end = next((e for e in ("\r\n", *ENDS) if after.startswith(e)), "")
    assert before + after.removeprefix(end) == whole


def test_ten_odd_files() -> None:
    for data in (
        b"a\r\nb\r\n", b"\xef\xbb\xbfa\n", b"a", b"", b"a\rb\r", b"a\r\nb\nc\r\n",
        "a\u00a0b\n".encode(), "a\u2028b\n".encode(), "a\u2029b".encode(), b"\xef\xbb\xbf",
    ):  # fmt: skip
        form = file_text(data)
        assert form.with_text(form.text) == data
        assert form.with_text(form.text + "x") == data + b"x"
    assert file_text(b"a\r\nb\r\n").with_text("a\nX\nb\n") == b"a\r\nX\r\nb\r\n"
    assert file_text(b"\xef\xbb\xbfa\r\n").with_text("a\nb\n") == b"\xef\xbb\xbfa\r\nb\r\n"
