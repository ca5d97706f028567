"""Syntax colours by one scan a line: the first rule that matches at a place wins."""

from __future__ import annotations

import re

from PySide6.QtGui import QSyntaxHighlighter, QTextCharFormat, QTextDocument

from kitdesk.ui.theme import theme

_PYTHON_WORDS = (
    "and as assert async await break case class continue def del elif else except finally for "
    "from global if import in is lambda match None nonlocal not or pass raise return True False "
    "try while with yield"
)
_RULES = {
    "python": (
        ("syn_comment", r"#.*$"),
        ("syn_string", r"[rbfuRBFU]{0,2}(?:\"(?:\\.|[^\"\\])*\"?|'(?:\\.|[^'\\])*'?)"),
        ("syn_name", r"(?<=\bdef )\w+|(?<=\bclass )\w+"),
        ("syn_key", r"\b(?:" + "|".join(_PYTHON_WORDS.split()) + r")\b"),
        ("syn_number", r"\b\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?\b"),
    ),
    "yaml": (
        ("syn_comment", r"(?:^|(?<=\s))#.*$"),
        ("syn_key", r"(?:^|(?<=^- )|(?<=\s))(?:\"[^\"]*\"|'[^']*'|[\w.$/-]+)(?=\s*:(?:\s|$))"),
        ("syn_string", r"\"(?:\\.|[^\"\\])*\"?|'[^']*'?"),
        ("syn_number", r"(?<=[:\s])-?\d+(?:\.\d+)*(?=\s*(?:$|[,\]}#]))"),
        ("syn_punct", r"[\[\]{},]|:(?=\s|$)|-(?=\s)"),
        ("syn_string", r"(?<=[:-] )[^\s\[{#\"'][^#]*"),
        ("syn_string", r"[^\s\[\]{},:#][^\[\]{},#]*"),
    ),
    "json": (
        ("syn_key", r"\"(?:\\.|[^\"\\])*\"(?=\s*:)"),
        ("syn_string", r"\"(?:\\.|[^\"\\])*\"?"),
        ("syn_number", r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\b(?:true|false|null)\b"),
        ("syn_punct", r"[{}\[\],:]"),
    ),
    "markdown": (
        ("syn_name", r"^#{1,6} .*$"),
        ("syn_string", r"`[^`]*`"),
        ("syn_key", r"\[[^\[\]]*+\]\([^()]*+\)"),
        ("syn_punct", r"^\s*(?:[-*+]|\d+\.)(?=\s)"),
    ),
}
_TRIPLE = re.compile(r'"""|\'\'\'')


def _compile(rules: tuple[tuple[str, str], ...]) -> tuple[re.Pattern[str], tuple[str, ...]]:
    parts = (f"({rule})" for _, rule in rules)
    return re.compile("|".join(parts)), tuple(token for token, _ in rules)


def _look(token: str) -> QTextCharFormat:
    result = QTextCharFormat()
    result.setForeground(theme.color(token))
    return result


class Highlighter(QSyntaxHighlighter):
    """Colours python, yaml, json and markdown; leaves any other language plain."""

    def __init__(self, document: QTextDocument, language: str) -> None:
        super().__init__(document)
        rules = _RULES.get(language)
        self._python = language == "python"
        self._rule: re.Pattern[str] | None = None
        self._tokens: tuple[str, ...] = ()
        if rules:
            self._rule, self._tokens = _compile(rules)
        self._looks: list[QTextCharFormat] = []
        self._string = QTextCharFormat()
        self._take_colours()

    def recolour(self) -> None:
        """Work everything out again in the colours in force."""
        self._take_colours()
        self.rehighlight()

    def _take_colours(self) -> None:
        self._looks = [_look(token) for token in self._tokens]
        self._string = _look("syn_string")

    def highlightBlock(self, text: str) -> None:
        if self._rule is None or len(text) > 5000:
            return
        start = self._docstring(text) if self._python else 0
        for match in self._rule.finditer(text, start):
            at = match.lastindex
            if at and match.end() > match.start():
                self.setFormat(match.start(), match.end() - match.start(), self._looks[at - 1])

    def _docstring(self, text: str) -> int:
        """Colour triple-quoted strings, also over several lines; return where the rest begins."""
        inside = self.previousBlockState() == 1
        start = 0
        if not inside:
            found = _TRIPLE.search(text)
            if found is None or "#" in text[: found.start()]:
                self.setCurrentBlockState(0)
                return 0
            start = found.start()
        end = _TRIPLE.search(text, 0 if inside else start + 3)
        self.setCurrentBlockState(0 if end else 1)
        stop = end.end() if end else len(text)
        self.setFormat(start, stop - start, self._string)
        return stop
