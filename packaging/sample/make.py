"""Make the sample project anew: generated ratings, and pickles of models that really were trained.

Needs pandas 2.2.3, scikit-learn 1.5.2 and numpy 1.26.4; KitDesk itself needs none of them.
The rows are generated from a seed: taste vectors of users, themes of movies and some noise. No row
comes from MovieLens, whose licence forbids passing it on; only the form of its files is kept.

    python packaging/sample/make.py resources/sample
"""

import importlib.util
import os
import pickle
import shutil
import sys
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
USERS, MOVIES, THEMES, SEED = 120, 260, 6, 20240131
GENRES = ("Action", "Comedy", "Drama", "Romance", "Sci-Fi", "Thriller")
FIRST = ("Silent", "Last", "Paper", "Northern", "Second", "Hidden", "Golden", "Broken", "Distant",
         "Little", "Midnight", "Open", "Quiet", "Seventh", "Winter", "Electric")
SECOND = ("Harbour", "Letter", "Garden", "Signal", "Orchard", "Voyage", "Witness", "Bridge",
          "Summer", "Engine", "Island", "Promise", "Mirror", "Station", "Lantern", "River", "Guest")


def make_data(folder: Path) -> None:
    """``ratings.csv`` and ``movies.csv`` in MovieLens form."""
    rng = np.random.default_rng(SEED)
    tastes = rng.normal(size=(USERS, THEMES))
    themes = rng.normal(size=(MOVIES, THEMES))
    score = 3.4 + 0.55 * tastes @ themes.T / np.sqrt(THEMES) + rng.normal(0, 0.6, (USERS, MOVIES))
    stars = np.clip(np.round(score * 2) / 2, 0.5, 5.0)
    seen = rng.random((USERS, MOVIES)) < 0.16
    ids = np.sort(rng.choice(np.arange(1, 4000), MOVIES, replace=False))
    rows = []
    for user in range(USERS):
        time = int(rng.integers(1_000_000_000, 1_500_000_000))
        for movie in rng.permutation(np.flatnonzero(seen[user])):
            time += int(rng.integers(5, 90))
            rows.append((user + 1, ids[movie], stars[user, movie], time))
    ratings = pd.DataFrame(rows, columns=["userId", "movieId", "rating", "timestamp"])
    names = [f"{a} {b}" for a in FIRST for b in SECOND]
    names = rng.permutation(names)[:MOVIES]
    years = rng.integers(1960, 2018, MOVIES)
    genres = ["|".join(sorted(GENRES[g] for g in np.argsort(-themes[m])[: 1 + m % 3]))
              for m in range(MOVIES)]
    movies = pd.DataFrame({
        "movieId": ids,
        "title": [f"{name} ({year})" for name, year in zip(names, years, strict=True)],
        "genres": genres,
    })
    folder.mkdir(parents=True)
    ratings.to_csv(folder / "ratings.csv", index=False)
    movies.to_csv(folder / "movies.csv", index=False)


def load(script: Path):
    """A version's script as a module."""
    spec = importlib.util.spec_from_file_location(f"recommender_{script.parent.name}", script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rmse(module) -> float:
    """Error on the last rating of every user, with a model that did not see it."""
    ratings = pd.read_csv(module.RATINGS)
    last = ratings.groupby("userId")["timestamp"].idxmax()
    kept = ratings.drop(last).pivot(index="userId", columns="movieId", values="rating")
    kept = kept.reindex(columns=sorted(ratings.movieId.unique())).fillna(0.0)
    module.load_ratings = lambda: kept
    predicted = module.predict(module.train(), kept)
    errors = [
        predicted.loc[row.userId, row.movieId] - row.rating
        for row in ratings.loc[last].itertuples()
    ]
    return round(float(np.sqrt(np.mean(np.square(errors)))), 2)


def main(target: Path) -> None:
    """Write ``target``/v1.0.0 (a whole project) and ``target``/v2.0.0 (what changes in it)."""
    target = target.absolute()
    shutil.rmtree(target, ignore_errors=True)
    first, second = target / "v1.0.0", target / "v2.0.0"
    make_data(first / "datasets")
    for folder, name in ((first, "v1.0.0"), (second, "v2.0.0")):
        folder.mkdir(exist_ok=True)
        for source in (HERE / name).iterdir():
            shutil.copy(source, folder / source.name)
    for folder in (first, second):
        module = load(folder / "movie_recommender.py")
        os.chdir(first)
        model = module.train()
        (folder / "saved_model").mkdir()
        with (folder / "saved_model" / "user_similarity_model.pkl").open("wb") as out:
            pickle.dump(model, out)
        error = rmse(module)
        kitfile = folder / "Kitfile"
        kitfile.write_text(kitfile.read_text().replace("@RMSE@", f"{error:.2f}"))
        for text in (folder / "README.md",):
            if text.exists():
                text.write_text(text.read_text().replace("@RMSE@", f"{error:.2f}"))
        print(folder.name, "rmse", error)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
