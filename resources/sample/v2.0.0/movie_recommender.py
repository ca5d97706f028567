"""Recommend movies from hidden tastes, found by factorising the ratings."""

import pickle
from pathlib import Path

import pandas as pd
from sklearn.decomposition import TruncatedSVD

RATINGS = "datasets/ratings.csv"
MOVIES = "datasets/movies.csv"
MODEL = "saved_model/user_similarity_model.pkl"
COMPONENTS = 20
SEED = 42
MIDDLE = 2.75


def load_ratings():
    """Ratings as a table: one row a user, one column a movie."""
    ratings = pd.read_csv(RATINGS)
    return ratings.pivot(index="userId", columns="movieId", values="rating").fillna(0.0)


def filled(table):
    """The ratings, with the middle of the scale where somebody has not rated."""
    return table.where(table > 0, MIDDLE)


def train():
    """Hidden tastes of the users, as a fitted factorisation."""
    return TruncatedSVD(n_components=COMPONENTS, random_state=SEED).fit(filled(load_ratings()))


def predict(model, table):
    """Expected rating of every user for every movie, put together from the hidden tastes."""
    values = model.inverse_transform(model.transform(filled(table)))
    return pd.DataFrame(values, table.index, table.columns)


def recommend(model, user, count=10):
    """Titles that fit a user's tastes and are new to them."""
    table = load_ratings()
    scores = predict(model, table).loc[user]
    unseen = scores[table.loc[user] == 0]
    titles = pd.read_csv(MOVIES).set_index("movieId")["title"]
    return list(titles.loc[unseen.nlargest(count).index])


if __name__ == "__main__":
    Path(MODEL).parent.mkdir(exist_ok=True)
    with open(MODEL, "wb") as out:
        pickle.dump(train(), out)
