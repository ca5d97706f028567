"""Kitfiles bent in ways that people, editors and hostile hands bend them: the same for a seed."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from tests.modelkit.golden_kits import GOLDEN, load

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 4_000
SNIPPETS: tuple[bytes, ...] = tuple(
    snippet.encode("utf-8", "surrogatepass")
    for snippet in (
        *"\t \n\r:-?,[]{}#&*!|>'\"%@`~<=./\\+0xé🐍\ufeff\x85\u2028\u2029\xa0\x00\x07\x7f\ud800",
        *(": ", " #", "- ", "? ", ", ", "\r\n", "\n\n", "\n  ", "\n\t", ":\t", "-\t", "?\t"),
        *("{1:}", "{a:}", "{a: }", "{?a: b}", "{? a : b}", "[? a: b]", "[a: b]", "{a}", "[a,]"),
        *("{,}", "[,]", "{:}", "[:]", "{: a}", "[a:]", "{'a':b}", '["a":b]', "{a:b}", "{a, b: c}"),
        *("!t", "!!str ", "!!int ", "!!float ", "!!null ", "!!bool ", "!!binary ", "!!seq "),
        *(
            "!!map ",
            "!!set ",
            "!!timestamp ",
            "!<tag:yaml.org,2002:str> ",
            "!<x> ",
            "!a,b ",
            "!a{ ",
        ),
        *("! ", "!!", "!%41 ", "!é ", "!a]", "!e!x ", "!!str,", "!", "!a!b!c "),
        *("&a ", "*a", "&a", "*a ", "*a:", "*a : ", "&a,", "*", "&", "&a-b ", "&a.b ", "&é "),
        *("<<: *a", "<<: [*a]", "<<: {}", "<<: ", '"<<": ', "<<: ~", "<<: [{name: x}]"),
        *("|", ">", "|-", "|+", "|2", "|2-", "|-2", ">0", "|9", "| #c", "|#", "|\t", "> x"),
        *("---", "---\n", "\n---\n", "...", "\n...\n", "--- a", "--- |\n", "---\t", "----", "..."),
        *("%YAML 1.1\n---\n", "%YAML 1.2\n---\n", "%TAG ! tag:x,2002:\n---\n", "%x y\n---\n"),
        *("%TAG !e! tag:e:\n---\n", "%YAML 1.1\n", "%YAML\n---\n", "%YAML 1.1 #c\n---\n", "%"),
        *("''", '""', "'a", '"a', "'a''b'", '"\\/"', '"\\x41"', '"\\u00e9"', '"\\ud800"', '"\\\n"'),
        *('"\\U00110000"', '"\\q"', '"\\ "', '"\\\t"', '"\\e"', '"\\0"', '"\\N\\_\\L\\P"', "'\n'"),
        *(
            '"a\n  b"',
            '"a\n\n  b"',
            "a\n  b",
            "a\n\n   b",
            '"a":b',
            "'a':b",
            '"a" :b',
            '"a"b',
            "'a'b",
        ),
        *(
            "1",
            "1.10",
            "0x1F",
            "0o17",
            "017",
            "1e3",
            "1_000",
            ".5",
            "-.inf",
            ".nan",
            "1:30",
            "0b11",
        ),
        *("2024-01-31", "2024-01-31T10:20:30Z", "2024-13-01", "12e400", "99999999999999999999"),
        *(
            "~",
            "null",
            "true",
            "yes",
            "Null",
            "FALSE",
            "-0",
            "+1",
            "--1",
            "0x",
            "1e",
            "-",
            "?",
            ":",
        ),
        *("a: b: c", "a : b", "a:b", "a #b", "a# b", "-a", "- - a", "-  - a", "? a\n: b", "? - a"),
        *("? {a: b}: c", "{a: b}: c", "[a]: c", "? |\n  a\n: b", "? a", ": b", "?", "- ? a"),
        *(
            "path: x\n",
            "name: x\n",
            "parameters:\n  a: 1\n",
            "  a: [1, {b: c}]\n",
            "version: 1.0\n",
        ),
        *(
            "prompts:\n- path: p\n",
            "mcpServers: []\n",
            "remotePath: x\n",
            "license: a\n",
            "code:\n",
        ),
        *(
            "digest: x\n",
            "parts:\n  - path: q\n    type: lora\n",
            "docs: []\n",
            "model: {}\n",
            "name",
        ),
    )
)
Mutation = "Callable[[bytes, random.Random, list[bytes]], bytes]"


def seeds() -> list[bytes]:
    """All golden Kitfiles that are small enough to be bent in many ways."""
    names = [GOLDEN / "kitfiles" / case["file"] for case in load("kitfiles/index.json")["cases"]]
    names += sorted((GOLDEN / "cases").glob("*/Kitfile")) + sorted(
        (GOLDEN / "seed").glob("*/Kitfile")
    )
    texts = [path.read_bytes() for path in names]
    return [text for text in texts if len(text) <= MAX_BYTES]


def _insert(text: bytes, chance: random.Random, _pool: list[bytes]) -> bytes:
    at = chance.randint(0, len(text))
    return text[:at] + chance.choice(SNIPPETS) + text[at:]


def _insert_at_seam(text: bytes, chance: random.Random, _pool: list[bytes]) -> bytes:
    """Insert where a token begins or ends: after a blank, a break or an indicator."""
    seams = [at for at in range(1, len(text) + 1) if text[at - 1] in b" \n:-[{,\"'"] or [0]
    at = chance.choice(seams)
    return text[:at] + chance.choice(SNIPPETS) + text[at:]


def _replace_value(text: bytes, chance: random.Random, _pool: list[bytes]) -> bytes:
    lines = text.split(b"\n")
    places = [n for n, line in enumerate(lines) if b": " in line or line.lstrip().startswith(b"- ")]
    if not places:
        return _insert(text, chance, _pool)
    at = chance.choice(places)
    sign = b": " if b": " in lines[at] else b"- "
    head, _sign, _value = lines[at].partition(sign)
    lines[at] = head + sign + chance.choice(SNIPPETS)
    return b"\n".join(lines)


def _delete(text: bytes, chance: random.Random, _pool: list[bytes]) -> bytes:
    at = chance.randint(0, len(text))
    return text[:at] + text[at + chance.choice((1, 1, 1, 2, 5, 20)) :]


def _flip(text: bytes, chance: random.Random, _pool: list[bytes]) -> bytes:
    if not text:
        return text
    at = chance.randrange(len(text))
    return text[:at] + bytes([text[at] ^ 1 << chance.randrange(8)]) + text[at + 1 :]


def _copy_lines(text: bytes, chance: random.Random, _pool: list[bytes]) -> bytes:
    lines = text.splitlines(keepends=True) or [b""]
    start = chance.randrange(len(lines))
    some = lines[start : start + chance.randint(1, 4)]
    at = chance.randint(0, len(lines))
    return b"".join(lines[:at] + some + lines[at:])


def _drop_line(text: bytes, chance: random.Random, _pool: list[bytes]) -> bytes:
    lines = text.splitlines(keepends=True) or [b""]
    del lines[chance.randrange(len(lines))]
    return b"".join(lines)


def _indent(text: bytes, chance: random.Random, _pool: list[bytes]) -> bytes:
    lines = text.splitlines(keepends=True) or [b""]
    at = chance.randrange(len(lines))
    lines[at] = chance.choice((b" ", b"  ", b"\t", b" \t")) + lines[at]
    return b"".join(lines)


def _outdent(text: bytes, chance: random.Random, _pool: list[bytes]) -> bytes:
    lines = text.splitlines(keepends=True) or [b""]
    at = chance.randrange(len(lines))
    lines[at] = lines[at][1:] if lines[at][:1] in (b" ", b"\t") else lines[at]
    return b"".join(lines)


def _splice(text: bytes, chance: random.Random, pool: list[bytes]) -> bytes:
    other = chance.choice(pool)
    return text[: chance.randint(0, len(text))] + other[chance.randint(0, len(other)) :]


MUTATIONS = (
    *(_insert, _insert, _insert_at_seam, _insert_at_seam, _insert_at_seam, _replace_value),
    *(_replace_value, _delete, _flip, _copy_lines, _drop_line, _indent, _outdent, _splice),
)


def mutated(count: int, seed: int) -> Iterator[bytes]:
    """Yield ``count`` bent Kitfiles; equal for equal ``seed``."""
    chance = random.Random(seed)
    pool = seeds()
    for _number in range(count):
        text = chance.choice(pool)
        for _step in range(chance.choice((1, 1, 1, 2, 3))):
            text = chance.choice(MUTATIONS)(text, chance, pool)
        yield text[:MAX_BYTES]
