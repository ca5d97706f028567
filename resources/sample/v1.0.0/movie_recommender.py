"""Recommend movies from what similar users liked."""

import pickle
from pathlib import Path

import pandas as pd
from sklearn.metrics.pairwise import cosine_similarity

RATINGS = "datasets/ratings.csv"
MOVIES = "datasets/movies.csv"
MODEL = "saved_model/user_similarity_model.pkl"


def load_ratings():
    """Ratings as a table: one row a user, one column a movie."""
    ratings = pd.read_csv(RATINGS)
    return ratings.pivot(index="userId", columns="movieId", values="rating").fillna(0.0)


def train():
    """Similarity of every user to every other one."""
    table = load_ratings()
    similarity = cosine_similarity(table)
    return pd.DataFrame(similarity, index=table.index, columns=table.index)


def predict(model, table):
    """Expected rating of every user for every movie, from the users most like them."""
    rated = (table > 0).astype(float)
    return (model @ table) / (model @ rated).clip(lower=1e-9)


def recommend(model, user, count=10):
    """Titles that similar users liked and this one has not seen."""
    table = load_ratings()
    scores = predict(model, table).loc[user]
    unseen = scores[table.loc[user] == 0]
    titles = pd.read_csv(MOVIES).set_index("movieId")["title"]
    return list(titles.loc[unseen.nlargest(count).index])


if __name__ == "__main__":
    Path(MODEL).parent.mkdir(exist_ok=True)
    with open(MODEL, "wb") as out:
        pickle.dump(train(), out)
