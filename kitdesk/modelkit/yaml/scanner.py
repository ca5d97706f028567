"""The YAML scanner as kit's library has it, for the few texts where libyaml reads otherwise.

libyaml has moved on since kit's library was translated from it: tags end elsewhere, ``:`` and ``?``
inside brackets mean something else, a byte order mark inside a text is a character, comments hide
TABs. The token machinery and the grammar are PyYAML's own, which agree with kit's; what reads
characters is written anew here. Slower than libyaml by a factor of twenty (FORMAT.md, 1.6).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner
from yaml.tokens import (
    BlockEntryToken,
    DirectiveToken,
    DocumentEndToken,
    DocumentStartToken,
    FlowEntryToken,
    FlowSequenceEndToken,
    StreamEndToken,
    StreamStartToken,
    TagToken,
    ValueToken,
)

from kitdesk.modelkit.yaml.scalar_scanner import BLANKS, BREAK, BREAKS, ScalarScanner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yaml.error import Mark

_COMMENT_LINES = re.compile(
    f"#[^{BREAKS}]*+(?:[\r\n\x85\u2028\u2029][ \t\r\n\x85\u2028\u2029]*+#[^{BREAKS}]*+)*+"
)
_LINE_COMMENT = re.compile(f"[ \t]*#[^{BREAKS}]*")
_NO_COMMENT_AFTER = {
    *(BlockEntryToken, DirectiveToken, DocumentEndToken, DocumentStartToken),
    *(StreamEndToken, StreamStartToken),
}
_ALPHA = re.compile("[0-9A-Za-z_-]*")
_URI = re.compile(r"(?:[0-9A-Za-z_\-;/?:@&=+$,.!~*'()\[\]]|%[0-9A-Fa-f]{2})*+")
_URI_1 = re.compile(_URI.pattern[:-2] + "++")
_VERSION = re.compile(r"[ \t]+([0-9]{1,2})\.([0-9]{1,2})(?![0-9])")
_TAG_DIRECTIVE = re.compile(rf"[ \t]+(!(?:[0-9A-Za-z_-]*!)?)[ \t]+({_URI_1.pattern})(?=[{BLANKS}])")
_FIRST_READ = 509
"""Bytes that kit's reader holds at first; a second byte order mark rules over these only."""
_MARK_LAST = re.compile(f"[{BLANKS}]\ufeff[{BREAKS}].\\Z", re.DOTALL)
"""So near the end kit's reader starts anew at the mark, which then eats the last character."""


def events(text: str) -> Iterator[Any]:
    """Yield PyYAML's events of ``text``; raises yaml.MarkedYAMLError where kit refuses it."""
    loader = _KitLoader(text)
    while loader.check_event():
        yield loader.get_event()  # type: ignore[no-untyped-call]  # untyped in PyYAML


class _KitLoader(ScalarScanner, Parser):
    """PyYAML's loader with kit's way of reading characters; the names overridden are PyYAML's."""

    def __init__(self, text: str) -> None:
        self._key_numbers = [0]
        self._forgotten: set[int] = set()
        """Kit's library loses sight of ``{}`` as a key, and reads no further because of it."""
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        marked = text.startswith("\ufeff")
        self._marked_until = min(_FIRST_READ, len(text)) if marked else 0
        self._marked_last = len(text) - 1 if _MARK_LAST.search(text) else -1

    def need_more_tokens(self) -> bool:
        """Kit's scanner reads two tokens ahead, for the sake of comments (kf 016, 017, 019)."""
        if self.done:
            return False
        if len(self.tokens) <= 2:
            return True
        if self.tokens_taken in self._forgotten:
            return False
        self.stale_possible_simple_keys()
        number = self.next_possible_simple_key()  # type: ignore[no-untyped-call]  # untyped in PyYAML
        return bool(number == self.tokens_taken)

    def save_possible_simple_key(self) -> None:
        if self.allow_simple_key:
            self._key_numbers[-1] = self.tokens_taken + len(self.tokens)
        super().save_possible_simple_key()

    def fetch_flow_collection_start(self, token_class: Any) -> None:
        number = self.tokens_taken + len(self.tokens)
        super().fetch_flow_collection_start(token_class)
        self._key_numbers.append(number)

    def scan_to_next_token(self) -> None:
        while True:
            marked = self.pointer < self._marked_until or self.pointer == self._marked_last
            if self.column == 0 and marked:
                self.forward()  # kit looks for the mark at the start of its buffer, not here
            blanks = " \t" if self.flow_level or not self.allow_simple_key else " "
            while self.peek() in blanks:
                self.forward()
            if self.peek() == "#":
                self.take(_COMMENT_LINES)
            if not self.take(BREAK):
                return
            if not self.flow_level:
                self.allow_simple_key = True

    def fetch_more_tokens(self) -> None:
        super().fetch_more_tokens()
        last = self.tokens[-1]
        if type(last) not in _NO_COMMENT_AFTER and last.end_mark.line == self.line:
            self.take(_LINE_COMMENT)  # at once, so that a TAB before it does no harm

    def fetch_flow_collection_end(self, token_class: Any) -> None:
        level = self.flow_level
        super().fetch_flow_collection_end(token_class)
        self.flow_level = max(level - 1, 0)
        if level:
            self._forgotten.add(self._key_numbers.pop())

    def scan_directive(self) -> DirectiveToken:
        start = self.get_mark()
        context = "while scanning a directive"
        self.forward()
        name = self.take(_ALPHA)
        if name not in ("YAML", "TAG"):
            raise self.error_here("found unknown directive name", context, start)
        pattern = _VERSION if name == "YAML" else _TAG_DIRECTIVE
        match = pattern.match(self.buffer, self.pointer)
        if match is None:
            raise self.error_here("did not find expected value", context, start)
        self.forward(len(match[0]))
        value: Any = (int(match[1]), int(match[2])) if name == "YAML" else (match[1], match[2])
        end = self.get_mark()
        self.take(re.compile(f"[ \t]*(?:#[^{BREAKS}]*)?"))
        if self.peek() not in BREAKS:
            raise self.error_here("did not find expected comment or line break", context, start)
        self.take(BREAK)
        return DirectiveToken(name, value, start, end)

    def scan_tag(self) -> TagToken:
        start = self.get_mark()
        context = "while scanning a tag"
        handle: str | None
        if self.peek(1) == "<":
            self.forward(2)
            handle, suffix = None, self._uri(start)
            if not suffix or self.peek() != ">":
                raise self.error_here("did not find the expected '>'", context, start)
            self.forward()
        else:
            self.forward()
            head = self.take(_ALPHA)
            if self.peek() == "!":
                self.forward()
                handle, suffix = f"!{head}!", self._uri(start)
                if not suffix:
                    raise self.error_here("did not find expected tag URI", context, start)
            else:
                handle, suffix = "!", head + self._uri(start)
                if not suffix:
                    handle, suffix = None, "!"
        if self.peek() not in BLANKS:
            problem = "did not find expected whitespace or line break"
            raise self.error_here(problem, context, start)
        return TagToken((handle, suffix), start, self.get_mark())

    def _uri(self, start: Mark) -> str:
        text = self.take(_URI)
        if self.peek() == "%":
            raise self.error_here("did not find URI escaped octet", "while scanning a tag", start)
        if "%" not in text:
            return text
        octets = re.sub("%(..)", lambda m: chr(int(m[1], 16)), text).encode("latin-1")
        try:
            return octets.decode()
        except UnicodeDecodeError:
            problem = "found an incorrect UTF-8 octet"
            raise self.error_here(problem, "while scanning a tag", start) from None

    def parse_flow_sequence_entry_mapping_key(self) -> Any:
        """``[? ]``: kit's library throws away what follows a ``?`` without a key."""
        key = self.get_token()  # type: ignore[no-untyped-call]  # untyped in PyYAML
        if not self.check_token(ValueToken, FlowEntryToken, FlowSequenceEndToken):
            self.states.append(self.parse_flow_sequence_entry_mapping_value)
            return self.parse_flow_node()  # type: ignore[no-untyped-call]  # untyped in PyYAML
        self.get_token()  # type: ignore[no-untyped-call]  # untyped in PyYAML
        self.state = self.parse_flow_sequence_entry_mapping_value
        return self.process_empty_scalar(key.end_mark)
