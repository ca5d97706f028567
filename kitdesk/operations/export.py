"""What a comparison found, handed over: as text, Markdown, CSV, or one HTML page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from kitdesk.compare.export.csv import content_csv
from kitdesk.compare.export.html import report_html
from kitdesk.compare.export.markdown import content_markdown
from kitdesk.compare.export.text import content_text
from kitdesk.operations.diffing.all_files import contents_of
from kitdesk.services.disk.files import os_errors_as, write_atomically

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from kitdesk.compare.content.result import Content
    from kitdesk.compare.values import Comparison
    from kitdesk.operations.diffing.content import ContentComparer
    from kitdesk.operations.diffing.groups import Group

ExportKind = Literal["text", "markdown", "csv", "html"]


def exported(kind: ExportKind, path: str, content: Content) -> str:
    """What differs in one file, as text, Markdown or CSV."""
    if kind == "csv":
        return content_csv(content)
    return (content_markdown if kind == "markdown" else content_text)(path, content)


def report_page(found: Comparison, contents: Mapping[str, Content], groups: Sequence[Group]) -> str:
    """The HTML page of a comparison whose contents are known."""
    return report_html(found, contents, [(one.path, one.content) for one in groups])


def whole_report(found: Comparison, comparer: ContentComparer) -> str:
    """The HTML page of a comparison; all its files are looked into."""
    return report_page(found, *contents_of(found, comparer))


def write_export(text: str, target: Path) -> None:
    """Write it as UTF-8; raises DiskFailure."""
    with os_errors_as(f"writing {target.name}"):
        write_atomically(target, text.encode("utf-8", "backslashreplace"))
