"""Ready-made jobs, previews, plans and pages of the movie-recommend project."""

from __future__ import annotations

from dataclasses import replace

from kitdesk.modelkit.kitfile.diagnostics import Edit, Fix, Problem, Severity
from kitdesk.session.state.accounts import (
    AccountItem,
    ConnectionFacts,
    DiagnosisView,
    FindingItem,
    LoginItem,
)
from kitdesk.session.state.pages import (
    ExcludedItem,
    LayerItem,
    PackPreview,
    PlanItem,
    PushPreview,
    RemoteBrowse,
    RemovalPreview,
    RollbackPreview,
    VersionDetails,
)
from kitdesk.session.state.project import ErrorInfo, JobState, JobView, VersionRow
from tests.fakes.samples import V1, V2, V12, ago, digest

ACCOUNTS = (
    AccountItem(
        "registry.acme.dev", "analyst", True, "in the keyring", True,
        ConnectionFacts(ca_file="/etc/ssl/acme-root.pem"), False,
        ("movie-recommend", "support-lora", "churn-forecast"),
    ),
    AccountItem("ghcr.io", "analyst", True, "not here: sign in again", False),
    AccountItem("jozu.ml", used_by=("support-lora",)),
    AccountItem("localhost:5000", local=True, used_by=("scratch",)),
    AccountItem("old.acme.dev:8080", connection=ConnectionFacts(plain_http=True)),
)  # fmt: skip
DIAGNOSIS = DiagnosisView(
    "registry.acme.dev",
    verdict="Everything you need works; something that is nice to have does not.",
    findings=(
        FindingItem("encryption", "ok", "registry.acme.dev answers over TLS."),
        FindingItem("signing in", "ok", "The registry lets you in."),
        FindingItem("pushing", "ok", "Layers can be pushed."),
        FindingItem("parts of layers", "ok", "Remote versions can be looked into; pulls resume."),
        FindingItem(
            "deleting",
            "limited",
            "This registry does not let you delete versions.",
            "Delete them in the registry's own pages.",
        ),
        FindingItem("referrers", "ok", "Signatures and notes beside a version can be found."),
    ),
    when=ago(seconds=4),
)
LOGINS = (
    LoginItem(0, "docker.io", "analyst", "docker"),
    LoginItem(1, "ghcr.io", "", "docker (secretservice)"),
    LoginItem(2, "registry.acme.dev", "analyst", "kit", known=True),
)
PUSHING = JobView(
    7,
    "push",
    "Pushing v2.0.0",
    JobState.RUNNING,
    "layer 3 of 5",
    4_100_000,
    6_900_000,
    640_000,
    log=("HEAD blobs", "PATCH 4.1 MB"),
    kit_command="kit push registry.acme.dev/ml/movie-recommend:v2.0.0",
)
WAITING = JobView(8, "pull", "Pull v2.1.0-rc.1", JobState.WAITING, "waits for the push")
PACKED = JobView(
    6,
    "pack",
    "Packed v2.0.0",
    JobState.DONE,
    summary="6.90 MB in 5 layers",
    finished=ago(minutes=41),
    log=("read 7 files", "wrote 5 layers"),
    kit_command="kit pack . -t movie-recommend:v2.0.0",
)
REFUSED = ErrorInfo(
    "registry.acme.dev refused the password.",
    "The push of v2.0.0 stopped. The password of analyst worked until 12 days ago; it has "
    "probably expired. 4.1 of 6.9 MB is already there and will not be sent again.",
    "401 UNAUTHORIZED  PATCH /v2/ml/movie-recommend/blobs/uploads/6c1e\n"
    "auth.acme.dev: token expired 2026-11-11T08:00:00Z",
    "auth-required",
    5,
)
FAILED = JobView(
    5,
    "pull",
    "Pull v1.1.0 stopped",
    JobState.FAILED,
    finished=ago(minutes=2),
    error=REFUSED,
    log=("HEAD manifests/v1.1.0", "401"),
)

KITFILE = """manifestVersion: 1.0.0

package:
  name: movie-recommend
  version: 2.0
  description: Movies by matrix factorisation
  authors: [Movie team]

model:
  name: movie-recommender
  path: saved_model/user_similarity_model.pkl
  framework: scikit-learn
  licence: Apache-2.0
  # seed 42, 50 components: see the note in the README
  parameters:
    n_components: 50
    random_state: 42
    rmse: 0.97

datasets:
  - name: ratings
    path: datasets/ratings.csv
    description: MovieLens small, 100,836 ratings
  - name: movies
    path: dataset/movies.csv

code:
  - path: movie_recommender.py
  - path: requirements.txt
"""


def _problem(
    line: int, column: int, word: str, severity: Severity, message: str, new: str
) -> Problem:
    start = sum(len(text) + 1 for text in KITFILE.split("\n")[: line - 1]) + column - 1
    fix = Fix(f"Change to {new}", (Edit(start, start + len(word), new),))
    return Problem(line, column, line, column + len(word), severity, "rule", message, fix)


PROBLEMS = (
    _problem(
        13,
        3,
        "licence",
        Severity.ERROR,
        "“licence” is not a field of a model. Did you mean “license”?",
        "license",
    ),
    _problem(
        25,
        11,
        "dataset/movies.csv",
        Severity.ERROR,
        "dataset/movies.csv does not exist in this folder.",
        "datasets/movies.csv",
    ),
    _problem(
        5,
        12,
        "2.0",
        Severity.WARNING,
        "2.0 has no patch number; the tags of this project have three.",
        "2.0.0",
    ),
)

LAYERS = (
    LayerItem(
        "model",
        "movie-recommender",
        "saved_model/user_similarity_model.pkl",
        3_920_000,
        (("saved_model/user_similarity_model.pkl", 3_920_000),),
        1,
    ),
    LayerItem(
        "dataset",
        "ratings",
        "datasets/ratings.csv",
        2_480_000,
        (("datasets/ratings.csv", 2_480_000),),
        1,
    ),
    LayerItem(
        "dataset",
        "movies",
        "dataset/movies.csv",
        0,
        (),
        0,
        problem="dataset/movies.csv does not exist",
    ),
    LayerItem(
        "code",
        "movie_recommender.py",
        "movie_recommender.py",
        1_120,
        (("movie_recommender.py", 1_120),),
        1,
    ),
    LayerItem("code", "requirements.txt", "requirements.txt", 33, (("requirements.txt", 33),), 1),
)
PREVIEW = PackPreview(
    LAYERS,
    (
        ExcludedItem("notebooks/svd_check.ipynb", 91_200, "in no layer"),
        ExcludedItem("README.md", 2_100, "in no layer"),
        ExcludedItem(".venv/", 212_000_000, "ignored by line 1 of .kitignore", ignored=True),
        ExcludedItem("__pycache__/", 14_000, "ignored by line 2 of .kitignore", ignored=True),
    ),
    (),
    (
        ("v2.0.1", "patch", "Suggested: code changed, model and data are the same bytes."),
        ("v2.1.0", "minor", "Something new, and what used v2.0.0 still works."),
        ("v3.0.0", "major", "What used v2.0.0 has to change."),
    ),
    frozenset({"v2.0.0", "v1.2.0", "v1.0.0"}),
)
TEMPLATED = replace(
    PREVIEW,
    tags=tuple((f"{tag}-main-a41f9c2", step, why) for tag, step, why in PREVIEW.tags),
    template="{version}-{branch}-{sha7}",
)
REMOVAL = RemovalPreview(
    V1, "registry.acme.dev/ml/movie-recommend", ("v1.0.0", "production", "stable")
)
OFFER = RemoteBrowse(
    "registry.acme.dev/llm/support-lora",
    versions=tuple(
        VersionRow(digest(start), (tag,), here, True, size, ago(hours=hours) if here else None)
        for tag, start, hours, size, here in (
            ("v0.5.0", "a0c7714e", 3, 1_060_000_000, False),
            ("v0.4.1", "e41d90b3", 290, 1_060_000_000, True),
            ("v0.4.0", "77ab02fe", 850, 1_060_000_000, True),
            ("v0.3.2", "10c95e4d", 1200, 1_050_000_000, False),
        )
    ),
    chosen=digest("a0c7714e"),
    about=VersionDetails(
        digest("a0c7714e"),
        "support-lora",
        "v0.5.0",
        description="Answers support tickets in the tone of the team.",
        facts=(
            ("license", "Licence", "Apache-2.0"),
            ("stack-2", "Framework", "transformers"),
            ("user", "Authors", "Support team"),
        ),
        layers=(
            LayerItem("model", "support-lora adapter and base", "model", 1_020_000_000),
            LayerItem("dataset", "tickets", "data", 36_100_000),
            LayerItem("docs", "README, model card", "docs", 9_200),
            LayerItem("prompt", "answer, summary, tone", "prompts", 18_000),
        ),
        local=False,
        missing=41_800_000,
    ),
)
ROLLBACK = RollbackPreview(
    V1,
    "v1.0.0",
    "v2.0.0 + 3 changes",
    (
        PlanItem(
            "M", "saved_model/user_similarity_model.pkl", old_size=3_920_000, new_size=2_980_000
        ),
        PlanItem("M", "movie_recommender.py", "your edit is kept", True, 1_120, 957),
        PlanItem("M", "Kitfile", "your edit is kept", True, 640, 498),
        PlanItem("M", "requirements.txt", old_size=33, new_size=14),
        PlanItem("A", "notebooks/similarity_check.ipynb", new_size=88_400),
    ),
    (
        PlanItem("D", "datasets/movies.csv", old_size=494_000),
        PlanItem("D", "notebooks/svd_check.ipynb", "never packed", True, 91_200),
    ),
    (
        PlanItem("=", "datasets/ratings.csv", "same bytes", old_size=2_480_000),
        PlanItem("=", "README.md, .venv/", "not part of v1.0.0"),
    ),
    3,
    4_510_000,
    0,
)
PUSH = PushPreview(V2, "v2.0.0", "registry.acme.dev/ml/movie-recommend", 6_900_000, 5, 4_100_000)
PUSH_TAKEN = PushPreview(
    V12,
    "v1.2.0",
    "registry.acme.dev/ml/movie-recommend",
    5_610_000,
    4,
    580_000,
    digest("71d2b08e"),
    "v1.2.1",
)
