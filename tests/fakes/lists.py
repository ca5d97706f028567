"""Ready-made lists: the store, recent projects, the remote's state."""

from __future__ import annotations

from pathlib import Path

from kitdesk.session.state.pages import RecentProject, StoreState, StoreVersion
from kitdesk.session.state.project import ErrorInfo, RemoteState
from tests.fakes.samples import ago, digest


def _stored(
    start: str, repository: str, tags: str, size: int, frees: int, days: int
) -> StoreVersion:
    return StoreVersion(digest(start), repository, tuple(tags.split()), size, frees, ago(days=days))


STORE = StoreState(
    "/kitops",
    (
        _stored(
            "e41d90b3",
            "registry.acme.dev/llm/support-lora",
            "v0.4.1",
            1_060_000_000,
            41_200_000,
            12,
        ),
        _stored(
            "77ab02fe",
            "registry.acme.dev/llm/support-lora",
            "v0.4.0",
            1_060_000_000,
            38_400_000,
            35,
        ),
        _stored(
            "d83e01aa", "registry.acme.dev/llm/support-lora", "", 1_050_000_000, 37_900_000, 63
        ),
        _stored(
            "aa10", "ghcr.io/lab/fraud-detection", "2026-06-01 latest", 402_000_000, 402_000_000, 60
        ),
        _stored("bb10", "ghcr.io/lab/fraud-detection", "2026-05-01", 202_000_000, 202_000_000, 90),
        _stored(
            "4be81f6a", "registry.acme.dev/ml/movie-recommend", "v2.0.0", 6_900_000, 1_600_000, 0
        ),
        _stored(
            "9f2c41ab",
            "registry.acme.dev/ml/movie-recommend",
            "v1.0.0 production",
            5_550_000,
            900_000,
            43,
        ),
    ),
    1_721_000_000,
    3_787_000_000,
)
RECENT = (
    RecentProject(
        Path("/projects/movie-recommend"),
        "movie-recommend",
        "3 changes, not packed",
        "v2.0.0",
        ago(minutes=41),
    ),
    RecentProject(
        Path("/projects/churn-forecast"),
        "churn-forecast",
        "no changes",
        "v3.2.0",
        ago(days=1),
    ),
    RecentProject(
        Path("/projects/defect-detect"),
        "defect-detect",
        "folder not found",
        "test-7",
        ago(days=22),
        missing=True,
    ),
)
REMOTE = RemoteState("registry.acme.dev/ml/movie-recommend", True, ago(minutes=1))
OFFLINE = RemoteState(
    "registry.acme.dev/ml/movie-recommend",
    False,
    ago(hours=3),
    ErrorInfo("registry.acme.dev did not answer."),
)
