"""A ready-made About page: README, manifest and layers of v2.1.0-rc.1."""

from __future__ import annotations

from kitdesk.session.state.pages import LayerItem, VersionDetails
from tests.fakes.pages import KITFILE
from tests.fakes.samples import RC

README = """# movie-recommend

Recommends movies from the ratings of other people. Give it the number of a movie and it
returns the ten nearest ones. <script>alert(1)</script>

![build](https://ci.acme.dev/badge.svg)

## How it got here

| version | method | RMSE | training |
|---|---|---:|---:|
| 1.0.0 | cosine similarity, 610 × 610 | 0.91 | 4 s |
| 2.0.0 | TruncatedSVD, 50 components | 0.97 | 11 s |
| 2.1.0 | TruncatedSVD, 60 components | 0.94 | 13 s |

RMSE on the last rating of every user; lower is better. See [MovieLens](https://grouplens.org/datasets/).

## Use

```python
from movie_recommender import recommend
recommend(movie=318, count=10)
```

- `count` defaults to ten
"""
MANIFEST = '{\n  "schemaVersion": 2,\n  "config": {\n    "size": 1234\n  },\n  "layers": []\n}\n'
ABOUT = VersionDetails(
    RC,
    "movie-recommend",
    "v2.1.0-rc.1",
    ("v2.1.0-rc.1", "staging"),
    "Movies by matrix factorisation, 60 components",
    (
        ("user", "Authors", "Movie team"),
        ("clock", "Packed", "2 h ago, with KitDesk"),
        ("license", "Licence", "Apache-2.0"),
        ("stack-2", "Framework", "scikit-learn 1.5.2"),
        ("adjustments", "Parameters", "n_components 60, random_state 42"),
        ("chart-bar", "Metrics", "rmse 0.94 (v2.0.0: 0.97)"),
    ),
    "registry.acme.dev/ml/movie-recommend:v2.1.0-rc.1",
    RC,
    README,
    "834 B, read from the registry without a pull",
    KITFILE,
    MANIFEST,
    MANIFEST.replace("\n", "").replace("  ", ""),
    (
        LayerItem(
            "model",
            "movie-recommender",
            "saved_model",
            4_030_000,
            (("saved_model/user_similarity_model.pkl", 4_030_000),),
            1,
            local=False,
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
            "datasets/movies.csv",
            496_000,
            (("datasets/movies.csv", 496_000),),
            1,
            local=False,
        ),
        LayerItem(
            "code",
            "training and lookup",
            "movie_recommender.py",
            1_060,
            (("movie_recommender.py", 1_060), ("requirements.txt", 33)),
            2,
        ),
        LayerItem("docs", "README", "README.md", 834, (("README.md", 834),), 1, local=False),
    ),
    (
        ("cloud", "registry.acme.dev", "Pushed 2 h ago by ci. Not signed."),
        ("device-laptop", "Not on this machine", "2 of 5 layers are. Pull fetches 4.54 MB."),
    ),
    local=False,
)
