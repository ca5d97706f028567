"""The window's own figures: start to first paint beside a bare PySide6 window, and GUI stalls.

Theme ``window`` of ``python -m tests.bench``. Start-up is measured as whole processes in turn; the
heartbeat is the longest gap between two beats of a 5 ms timer on the GUI thread while a large layer
is packed and pushed to a folder remote.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROUNDS = 7
GIB = int(os.environ.get("KITDESK_BENCH_GIB", "2"))
BARE = """
import sys, time
from PySide6.QtWidgets import QApplication, QMainWindow, QPlainTextEdit
app = QApplication([])
class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        app.quit()
window = Window()
window.resize(1440, 900)
window.show()
app.exec()
"""
OURS = """
import sys
from kitdesk import app
begin = app.Program.run
def run(self):
    def seen():
        self.app.quit()
    self.window.first_sight.painted.connect(seen)
    return begin(self)
app.Program.run = run
from kitdesk.__main__ import main
main(sys.argv[1:])
"""
WHOLE = """
import sys
from kitdesk import app
begin = app.Program.begin
def whole(self):
    from PySide6.QtCore import QEvent, QObject
    begin(self)
    class Watch(QObject):
        def eventFilter(watch, target, event):
            if event.type() == QEvent.Type.Paint:
                self.app.quit()
            return False
    self.watch = Watch()
    self.window.centralWidget().installEventFilter(self.watch)
    self.window.centralWidget().update()
app.Program.begin = whole
from kitdesk.__main__ import main
main(sys.argv[1:])
"""
CODES = {"bare PySide6 window": BARE, "KitDesk": OURS, "KitDesk, everything in it": WHOLE}


def start_up() -> None:
    """Process start to first paint, in turn; and to the paint with everything in the window."""
    times: dict[str, list[float]] = {name: [] for name in CODES}
    with tempfile.TemporaryDirectory() as home:
        env = {
            **os.environ,
            "KITDESK_HOME": f"{home}/kitdesk",
            "KITOPS_HOME": f"{home}/kitops",
            "PYTHONPATH": os.getcwd(),
        }
        env.setdefault("QT_QPA_PLATFORM", "offscreen")
        env.pop("PYTHONDONTWRITEBYTECODE", None)  # as on a person's machine
        for number in range(ROUNDS + 1):
            for name, code in CODES.items():
                begun = time.perf_counter()
                subprocess.run(
                    [sys.executable, "-c", code], env=env, check=True, stderr=subprocess.DEVNULL
                )
                if number:
                    times[name].append(time.perf_counter() - begun)
    for name, found in times.items():
        print(f"{name:26} median {statistics.median(found):.3f} s  min {min(found):.3f} s")
    pairs = zip(times["KitDesk"], times["bare PySide6 window"], strict=True)
    print(f"{'ratio':26} median {statistics.median(a / b for a, b in pairs):.2f}  (goal 1.30)")


def heartbeat() -> None:
    """Longest stall of the GUI thread while a large version is packed and pushed."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(dir=os.environ.get("KITDESK_BENCH_DIR")) as scratch:
        os.environ["KITDESK_HOME"], os.environ["KITOPS_HOME"] = f"{scratch}/k", f"{scratch}/s"
        from PySide6.QtCore import Qt, QTimer
        from PySide6.QtWidgets import QApplication

        from kitdesk.app import build
        from kitdesk.services.config.paths import from_environment
        from kitdesk.session.state.project import JobState

        folder = Path(scratch) / "large"
        folder.mkdir()
        (folder / "Kitfile").write_text("model:\n  path: weights.bin\n")
        block = os.urandom(1 << 20)
        with (folder / "weights.bin").open("wb") as out:
            for number in range(GIB << 10):
                out.write(number.to_bytes(8, "big") + block[8:])
        app = QApplication.instance() or QApplication([])
        session, window, bridge = build(from_environment())
        window.resize(1440, 900)
        window.show()
        gaps: list[float] = []
        last = [time.perf_counter()]

        def beat() -> None:
            now = time.perf_counter()
            gaps.append(now - last[0])
            last[0] = now

        timer = QTimer()
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(beat)
        timer.start(5)
        workspace = session.workspace

        def busy() -> bool:
            return any(
                job.state in (JobState.WAITING, JobState.RUNNING) for job in workspace.state.jobs
            )

        where = os.environ.get("KITDESK_BENCH_REMOTE") or f"oci:{scratch}/stick"

        def wait(done: Callable[[], object]) -> float:
            gaps.clear()
            begun = time.perf_counter()
            while not done():
                app.processEvents()
                time.sleep(0.0005)
            return time.perf_counter() - begun

        session.project.open(folder)
        session.begin()  # as Program does
        wait(lambda: workspace.state.folder and not workspace.state.folder.counting)
        session.tree.set_remote(where)
        wait(lambda: workspace.state.remote.address == where)
        wait(lambda: session.idle)  # nobody clicks while the window is still being furnished
        session.versions.pack(("v1",))
        took = wait(lambda: workspace.state.versions and not busy())
        _say(f"pack {GIB} GiB", took, gaps)
        session.transfers.push(workspace.state.versions[0].digest, "v1", where)
        took = wait(lambda: workspace.state.versions[0].remote and not busy())
        _say(f"push {GIB} GiB to {where.partition(':')[0]}", took, gaps)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"peak memory {peak:.0f} MiB (limit 250)")
        window.close()
        session.close()
        bridge.close()


def _say(name: str, took: float, gaps: list[float]) -> None:
    late = sorted(gap * 1000 for gap in gaps)
    print(
        f"{name:24} {took:.1f} s, {len(late):,} beats, longest gap {late[-1]:.0f} ms (limit 50), "
        f"99.9 % under {late[int(len(late) * 0.999)]:.0f} ms"
    )


def main() -> None:
    """Both."""
    start_up()
    heartbeat()


if __name__ == "__main__":
    main()
