"""The verdict: one sentence, the counts, the sizes."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout

from kitdesk import text as texts
from kitdesk.compare.values import Comparison, Sign, Verdict
from kitdesk.ui.widgets.badges import Mark
from kitdesk.ui.widgets.buttons import Button, focusable
from kitdesk.ui.widgets.labels import Elide, IconLabel, Label, ending, label
from kitdesk.ui.widgets.layouts import Box, clear, reveal, row

_NAMES: tuple[tuple[Sign, str], ...] = (("M", "changed"), ("A", "added"), ("D", "removed"))


def counts(comparison: Comparison) -> list[tuple[Sign, str]]:
    """``("M", "3 changed")`` and so on; what is 0 is left out."""
    result: list[tuple[Sign, str]] = []
    for sign, name in _NAMES:
        number = sum(1 for change in comparison.files if change.sign == sign)
        if number:
            result.append((sign, f"{texts.number(number)} {name}"))
    if comparison.same:
        result.append(("=", f"{texts.number(len(comparison.same))} the same"))
    return result


def sizes(comparison: Comparison) -> str:
    """``5.55 MB → 6.90 MB (+1.35 MB)``."""
    old, new = comparison.left.size, comparison.right.size
    if old == new:
        return texts.size(old)
    return f"{texts.size(old)} → {texts.size(new)} ({texts.difference(new - old)})"


class VerdictHead(Box):
    """The heaviest thing of the window; focusable, so that it can be read aloud."""

    def __init__(self) -> None:
        super().__init__("surface", margins=(24, 14, 24, 14), gap=8)
        self.title: Label = label("", "headline", weight=600, wrap=True)
        focusable(self.title)
        self._causes = label("", "body", "muted", wrap=True)
        self._stats = QHBoxLayout()
        self._stats.setSpacing(6)
        self.inner.addWidget(self.title)
        self.exactly = Button("Fetch them and compare", "soft", "cloud-download", small=True)
        self._unsure = row(self.exactly, "*")
        self._danger = ending("", weight=500, tone="removed", snug=True)
        focusable(self._danger)
        self.danger_link = Button("Show", "link", small=True)
        self._danger_row = row(
            IconLabel("alert-triangle", "removed"), self._danger, self.danger_link, "*",
            gap=10, margins=(1, 0, 0, 0),
        )  # fmt: skip
        self._danger_row.hide()
        self.inner.addWidget(self._causes)
        self.inner.addWidget(self._unsure)
        self.inner.addLayout(self._stats)
        self.inner.addWidget(self._danger_row)

    def show_dangers(self, found: dict[str, str]) -> None:
        """Name a file that asks for what can do harm, and how many more there are."""
        self._danger_row.setVisible(bool(found))
        path, words = next(iter(found.items()), ("", ""))
        more = len(found) - 1
        rest = f", and {texts.counted(more, 'more file')}" if more > 0 else ""
        text = f"{path} {words} when it is opened{rest}."
        self._danger.setText(text)
        self._danger.setAccessibleName(text)
        self.danger_link.setAccessibleName(f"Show {path}")
        self.danger_link.value = path

    def show_comparison(self, comparison: Comparison) -> None:
        """Say what this comparison found."""
        self.title.setText(comparison.headline)
        self.title.setAccessibleName(comparison.headline)
        notes = list(comparison.causes) if comparison.verdict is not Verdict.DIFFERENT else []
        if comparison.unverified:
            some = texts.counted(len(comparison.unverified), "remote file")
            notes.append(f"{some} of equal size cannot be told apart without fetching them.")
        self._unsure.setVisible(bool(comparison.unverified))
        self._causes.setText(" ".join(notes))
        self._causes.setVisible(bool(notes))
        clear(self._stats)
        for sign, text in counts(comparison):
            self._stats.addWidget(Mark(sign))
            self._stats.addWidget(label(text, "small", "muted"))
            self._stats.addSpacing(4)
        self._stats.addSpacing(4)
        self._stats.addWidget(Elide(sizes(comparison), "small", "muted"), 1)
        reveal(self._stats)
