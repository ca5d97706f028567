"""Ready-made versions, comparisons and contents: the movie-recommend project."""

from __future__ import annotations

import difflib
import re
from datetime import UTC, datetime, timedelta

from kitdesk.compare.content.lines import Line, Span, TextRow
from kitdesk.compare.content.parts import ImportsDiff
from kitdesk.compare.content.result import (
    Content,
    Fact,
    TensorChange,
    TensorFacts,
    TensorsDiff,
    TextDiff,
    ValueChange,
    ValuesDiff,
)
from kitdesk.compare.values import (
    Comparison,
    FileChange,
    FileFacts,
    FileKind,
    Sentence,
    SideFacts,
    Verdict,
)
from kitdesk.session.state.project import Transfer, VersionRow

NOW = datetime.now(tz=UTC)


def ago(**amount: float) -> datetime:
    return NOW - timedelta(**amount)


def digest(start: str) -> str:
    return f"sha256:{start}{'0' * (64 - len(start))}"


RC, V2, V12, V11, V101, V1, V09, NONE = (
    digest(start)
    for start in (
        "c07e5d19",
        "4be81f6a",
        "e3907c52",
        "0a9d44f3",
        "b86f2e70",
        "9f2c41ab",
        "5512dd8c",
        "d4417ba9",
    )
)

VERSIONS = (
    VersionRow(RC, ("v2.1.0-rc.1", "staging"), False, True, 7_020_000, ago(hours=2)),
    VersionRow(
        V2,
        ("v2.0.0",),
        True,
        False,
        6_900_000,
        ago(minutes=41),
        here=True,
        transfer=Transfer("push", 59),
    ),
    VersionRow(
        V12,
        ("v1.2.0",),
        True,
        True,
        5_610_000,
        ago(days=8),
        moved_from=digest("71d2b08e"),
        moved_at=datetime(NOW.year, 11, 14, tzinfo=UTC),
    ),
    VersionRow(V11, ("v1.1.0",), False, True, 5_580_000, ago(days=22)),
    VersionRow(V101, ("v1.0.1",), True, False, 5_550_000, ago(days=36)),
    VersionRow(V1, ("v1.0.0", "production"), True, True, 5_550_000, ago(days=43)),
    VersionRow(V09, ("v0.9.0",), False, True, 5_490_000, ago(days=65)),
    VersionRow(NONE, (), True, False, 5_490_000, ago(days=66)),
)


def _hash(start: str) -> str:
    return start + "0" * (64 - len(start))


def changed(
    path: str,
    kind: FileKind,
    old: tuple[int, str] | None,
    new: tuple[int, str] | None,
    layer: str,
    words: str = "",
) -> FileChange:
    left = FileFacts(old[0], _hash(old[1]), 0o644, layer) if old else None
    right = FileFacts(new[0], _hash(new[1]), 0o644, layer) if new else None
    return FileChange(path, kind, left, right, words=words)


FILES = (
    changed(
        "saved_model/user_similarity_model.pkl",
        FileKind.CHANGED,
        (2_980_000, "c1a97f20"),
        (3_920_000, "08b3e6d4"),
        "model",
        "DataFrame 610 × 610 → TruncatedSVD, 50 components",
    ),
    changed(
        "datasets/movies.csv",
        FileKind.ADDED,
        None,
        (494_000, "7d20c95e"),
        "dataset",
        "9,742 rows, 3 columns",
    ),
    changed(
        "notebooks/similarity_check.ipynb",
        FileKind.REMOVED,
        (88_400, "f45a1b3c"),
        None,
        "code",
        "11 cells",
    ),
    changed(
        "movie_recommender.py",
        FileKind.CHANGED,
        (957, "2e6f90b7"),
        (1_060, "a913c04f"),
        "code",
        "+11 −8 lines, train and recommend",
    ),
    changed(
        "requirements.txt",
        FileKind.CHANGED,
        (14, "63ce0d18"),
        (33, "e80b72fa"),
        "code",
        "scikit-learn 1.5.2 added, pandas 2.1.4 → 2.2.3",
    ),
)

SENTENCES = (
    Sentence(
        "M",
        (
            ("Model ", False),
            ("movie-recommender", True),
            (" keeps its path; its description now says “matrix factorisation”.", False),
        ),
    ),
    Sentence(
        "A",
        (
            ("Parameters ", False),
            ("n_components = 50", True),
            (" and ", False),
            ("random_state = 42", True),
            (" were added; ", False),
            ("rmse", True),
            (" went from 0.91 to 0.97.", False),
        ),
    ),
    Sentence(
        "A",
        (("Dataset ", False), ("movies", True), (" was added, from datasets/movies.csv.", False)),
    ),
    Sentence("D", (("Code ", False), ("notebooks", True), (" is no longer packed.", False))),
)

COMPARISON = Comparison(
    Verdict.DIFFERENT,
    "v2.0.0 has a new model, one more dataset and changed code.",
    SideFacts("v1.0.0", V1, 5_550_000),
    SideFacts("v2.0.0", V2, 6_900_000),
    SENTENCES,
    files=FILES,
    same=("datasets/ratings.csv",),
)

PACKAGING = Comparison(
    Verdict.PACKAGING,
    "Only packaging differs; every file has the same bytes.",
    SideFacts("v1.0.0", V1, 5_550_000),
    SideFacts("v2.0.0", V2, 5_550_000),
    same=("datasets/ratings.csv", "movie_recommender.py"),
    causes=("The two were packed by different versions of kit.",),
)

FOLDER_CHANGES = (
    changed("Kitfile", FileKind.CHANGED, (498, "aa"), (640, "bb"), "", ""),
    changed("movie_recommender.py", FileKind.CHANGED, (1_060, "a9"), (1_120, "cc"), "code"),
    changed("notebooks/svd_check.ipynb", FileKind.ADDED, None, (91_200, "dd"), ""),
)

OLD_CODE = '''"""Recommend movies from user ratings."""

import pickle

import pandas as pd
from sklearn.metrics.pairwise import cosine_similarity

RATINGS = "datasets/ratings.csv"
MODEL = "saved_model/user_similarity_model.pkl"


def load_ratings():
    ratings = pd.read_csv(RATINGS)
    return ratings.pivot(index="userId", columns="movieId", values="rating").fillna(0)


def train():
    table = load_ratings()
    similar = pd.DataFrame(cosine_similarity(table), index=table.index)
    with open(MODEL, "wb") as file:
        pickle.dump(similar, file)


def recommend(user, count=10):
    # the nearest five users decide
    with open(MODEL, "rb") as file:
        similar = pickle.load(file)
    near = similar[user].nlargest(6).index[1:]
    table = load_ratings()
    return table.loc[near].mean().nlargest(count).index.tolist()
'''
NEW_CODE = '''"""Recommend movies from user ratings."""

import pickle

import pandas as pd
from sklearn.decomposition import TruncatedSVD

RATINGS = "datasets/ratings.csv"
MOVIES = "datasets/movies.csv"
MODEL = "saved_model/user_similarity_model.pkl"
SEED = 42


def load_ratings():
    ratings = pd.read_csv(RATINGS)
    return ratings.pivot(index="userId", columns="movieId", values="rating").fillna(0)


def train(components=50):
    table = load_ratings()
    model = TruncatedSVD(components, random_state=SEED).fit(table.T)
    with open(MODEL, "wb") as file:
        pickle.dump(model, file)


def recommend(movie, count=10):
    with open(MODEL, "rb") as file:
        model = pickle.load(file)
    table = load_ratings()
    factors = model.transform(table.T)
    titles = pd.read_csv(MOVIES, index_col="movieId")["title"]
    scores = factors @ factors[table.columns.get_loc(movie)]
    return titles[table.columns[scores.argsort()[::-1][1 : count + 1]]].tolist()
'''


def _marks(old: str, new: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    one, two = (re.findall(r"\w+|\s+|[^\w\s]", text) for text in (old, new))
    matcher = difflib.SequenceMatcher(None, one, two, autojunk=False)
    if matcher.ratio() < 0.35:
        return (), ()
    left: list[Span] = []
    right: list[Span] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            continue
        for out, parts, low, high in ((left, one, a, b), (right, two, c, d)):
            if high > low:
                out.append(Span(len("".join(parts[:low])), len("".join(parts[:high]))))
    return tuple(left), tuple(right)


def text_diff(old: str, new: str) -> TextDiff:
    one, two = old.splitlines(), new.splitlines()
    rows: list[TextRow] = []
    added = removed = 0
    for tag, a, b, c, d in difflib.SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        for k in range(max(b - a, d - c)):
            left, right = a + k < b, c + k < d
            marks: tuple[tuple[Span, ...], tuple[Span, ...]] = ((), ())
            if tag != "equal" and left and right:
                marks = _marks(one[a + k], two[c + k])
            rows.append(
                TextRow(
                    Line(a + k + 1, one[a + k], marks[0]) if left else None,
                    Line(c + k + 1, two[c + k], marks[1]) if right else None,
                    tag != "equal",
                )
            )
            added += tag != "equal" and right
            removed += tag != "equal" and left
    return TextDiff(tuple(rows), added, removed, "python")


TEXT = text_diff(OLD_CODE, NEW_CODE)
CONTENT = Content("text", ("python", "python"), "+11 −8 lines", equal=False, parts=(TEXT,))

FACTS = Content(
    "object",
    ("pickle", "pickle"),
    "Class pandas.core.frame.DataFrame → sklearn.decomposition.TruncatedSVD; 2 values added",
    equal=False,
    facts=(
        Fact(
            "class",
            "Class",
            "pandas.core.frame.DataFrame",
            "sklearn.decomposition._truncated_svd.TruncatedSVD",
            "M",
        ),
        Fact("table.rows", "Table rows", 610, None, "D"),
        Fact("table.columns", "Table columns", 610, None, "D"),
        Fact("protocol", "Protocol", 4, 4, "="),
        Fact("version.scikit-learn", "scikit-learn version", None, "1.5.2", "A"),
    ),
    parts=(
        ValuesDiff(
            (
                ValueChange(("n_components",), None, 50, "A"),
                ValueChange(("random_state",), None, 42, "A"),
            ),
            2,
        ),
        TensorsDiff(
            1, 2, 1, 1, 0, 0, 0, (372_100, 486_250),
            (
                TensorChange("components_", "A", None, TensorFacts("float64", (50, 9_724))),
                TensorChange("values", "D", TensorFacts("float64", (610, 610)), None),
            ),
        ),
        ImportsDiff(
            ("numpy.ndarray", "pandas.DataFrame"),
            ("numpy.ndarray", "sklearn.decomposition._truncated_svd.TruncatedSVD"),
            (),
        ),
    ),
)  # fmt: skip
