"""tour: the whole story told on the sample, each step the real verb."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kitdesk.cli.commands.demo import SAMPLE
from kitdesk.cli.context import Context
from kitdesk.modelkit.primitives.reference import parse
from kitdesk.operations import rollback as rollbacks
from kitdesk.operations import undo as undos
from kitdesk.operations.compare import compare
from kitdesk.operations.demo import advance
from kitdesk.operations.demo import demo as write_demo
from kitdesk.operations.folder_status import folder_status
from kitdesk.operations.inputs.addresses import FolderAddress, parse_side
from kitdesk.operations.inputs.remotes import open_remote
from kitdesk.operations.messages import count_words, size_words
from kitdesk.operations.pack import PackResult, pack
from kitdesk.operations.push_pull import push
from kitdesk.services.config.paths import Paths
from kitdesk.services.container import Services

if TYPE_CHECKING:
    import argparse

NAME = "tour"
HELP = "The whole story on the sample: no network, no window."


def arguments(_parser: argparse.ArgumentParser) -> None:
    """It has no options of its own."""


def run(context: Context) -> int:
    """The whole story in a scratch folder: nothing of the user's is touched."""
    with tempfile.TemporaryDirectory(prefix="kitdesk-tour-") as scratch:
        story = Story(Path(scratch), context)
        story.tell()
    context.output.result(
        {"ok": True, "steps": story.steps},
        "Try it on a folder of your own: kitdesk FOLDER opens the window.",
    )
    return 0


class Story:
    """Every step is the real verb on real files; each is checked before the next begins."""

    def __init__(self, scratch: Path, context: Context) -> None:
        self.folder = scratch / SAMPLE
        home = scratch / "home"
        self.services = Services.at(
            Paths(home / "config", home / "data", home / "cache", home / "log", home / "store")
        )
        self.context = context
        self.stick = scratch / "stick"
        self.steps: list[str] = []

    def say(self, text: str) -> None:
        """One line of the story."""
        self.steps.append(text)
        if not self.context.output.as_json:
            self.context.output.result({}, text)

    def tell(self) -> None:
        """From the first version to the undo."""
        write_demo(self.folder, self.services)
        self.say(f"1. Here is {SAMPLE}, which recommends movies by cosine similarity.")
        first = self._pack("2", "v1.0.0")
        self._push("3", first)
        advance(self.folder)
        changes = folder_status(self.folder, self.services).changes
        self.say(
            f"4. The algorithm is swapped for a truncated SVD: {count_words(len(changes), 'file')} "
            "changed, the model at the same path."
        )
        second = self._pack("5", "v2.0.0")
        self._push("6", second)
        found = compare(
            parse_side(f"local://{SAMPLE}:v1.0.0"),
            parse_side(f"local://{SAMPLE}:v2.0.0"),
            self.services,
        )
        self.say(f"7. {found.headline}")
        for sentence in found.sentences:
            self.say(f"     {sentence.sign} {sentence.text}")
        for change in found.files:
            self.say(f"     {change.sign} {change.path} {change.words}".rstrip())
        there = self._remote_digests()
        plan = rollbacks.plan_rollback(
            self.folder, first.digest, first.reference.display, self.services
        )
        done = rollbacks.rollback(plan, self.services)
        self._expect(first.digest)
        self.say(
            f"8. The metrics got worse, so the folder goes back to v1.0.0: "
            f"{count_words(len(plan.replace), 'file')} replaced, "
            f"{len(plan.folder_plan.unchanged)} untouched, exactly v1.0.0 again."
        )
        if self._remote_digests() != there:
            raise AssertionError("the remote changed")
        self.say(f"   The remote still holds both: {', '.join(sorted(there))}. It was not touched.")
        undos.undo(self.folder, self.services)
        self._expect(second.digest)
        self.say("9. Undo: the folder is at v2.0.0 again, every byte, mode and time.")
        undos.undo(self.folder, self.services)
        self._expect(first.digest)
        self.say(f"10. And an undo can be undone: v1.0.0. (Safe copy {done.safe_copy})")

    def _pack(self, number: str, tag: str) -> PackResult:
        packed = pack(self.folder, parse(f"{SAMPLE}:{tag}"), self.services)
        self.say(
            f"{number}. Packed {packed.reference.display}: {size_words(packed.size)} in "
            f"{count_words(len(packed.layers), 'layer')}, {packed.digest[:19]}…"
        )
        return packed

    def _push(self, number: str, packed: PackResult) -> None:
        remote = open_remote(FolderAddress(self.stick, packed.tags[0]))
        done = push(packed.digest, packed.reference.name, packed.tags[0], remote, self.services)
        kept = [blob for blob in done.blobs if blob.state == "existed"]
        note = f"; {count_words(len(kept), 'layer')} were there already" if kept else ""
        self.say(f"{number}. Pushed it to a folder remote: {size_words(done.bytes)} sent{note}.")

    def _remote_digests(self) -> dict[str, str]:
        remote = open_remote(FolderAddress(self.stick, ""))
        return {tag: found.digest for tag in remote.tags() if (found := remote.resolve(tag))}

    def _expect(self, digest: str) -> None:
        now = replace(folder_status(self.folder, self.services))
        if now.at != digest or now.changes:
            raise AssertionError(f"the folder is not exactly {digest}: {now.changes}")
