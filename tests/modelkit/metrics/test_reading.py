"""Metrics out of a Kitfile's parameters: which they are, what is left out and told."""

from __future__ import annotations

import math

import pytest

from kitdesk.modelkit.metrics.comparing import Change, change, side_by_side
from kitdesk.modelkit.metrics.names import direction, names_a_metric
from kitdesk.modelkit.metrics.reading import from_parameters, from_values, merged
from kitdesk.modelkit.metrics.values import Better, MetricValue, Source, VersionMetrics
from kitdesk.modelkit.primitives.json_value import MISSING


@pytest.mark.parametrize(
    ("name", "better"),
    [
        ("rmse", "lower"),
        ("val_loss", "lower"),
        ("valLoss", "lower"),
        ("mean_squared_error", "lower"),
        ("neg_mean_squared_error", "higher"),
        ("neg_accuracy", "lower"),
        ("roc_auc", "higher"),
        ("mAP", "higher"),
        ("map50", "higher"),
        ("NDCG@10", "higher"),
        ("test.f1", "higher"),
        ("error_model.accuracy", "higher"),
        ("fidelity", "unknown"),
        ("heatmap_size", "unknown"),
        ("accuracy_loss", "unknown"),
        ("clicks", "unknown"),
        ("", "unknown"),
        ("négatif", "unknown"),
    ],
)
def test_the_name_says_which_way_is_better(name: str, better: str) -> None:
    assert direction(name) == better


@pytest.mark.parametrize(
    ("name", "metric"),
    [
        ("rmse", True),
        ("f1_macro", True),
        ("latency_p95_ms", False),
        ("latency_ms", True),
        ("loss_weight", False),
        ("learning_rate", False),
        ("val.loss", True),
        ("loss.patience", False),
    ],
)
def test_a_number_is_a_metric_by_the_end_of_its_name(name: str, *, metric: bool) -> None:
    assert names_a_metric(name) is metric


def test_metrics_of_a_kitfile_and_the_rest_are_parameters() -> None:
    found = from_parameters(
        {
            "metrics": {"clicks": 3, "val": {"rmse": 0.82}},
            "mlflow_provenance": {"mlflow_metrics": {"mae": 0.5}, "run_id": "ab"},
            "accuracy": 0.97,
            "loss": "mse",
            "learning_rate": 0.01,
            "layers": [1, 2],
        }
    )
    assert {one.name: one.value for one in found.metrics} == {
        "clicks": 3,
        "val.rmse": 0.82,
        "mae": 0.5,
        "accuracy": 0.97,
    }
    assert {one.source for one in found.metrics} == {Source.KITFILE}
    assert {one.name: one.value for one in found.parameters} == {
        "mlflow_provenance.run_id": "ab",
        "loss": "mse",
        "learning_rate": 0.01,
        "layers": [1, 2],
    }
    assert found.problems == ()


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (math.nan, "rmse is NaN, not a finite number: left out."),
        (math.inf, "rmse is infinite, not a finite number: left out."),
        (10**400, "rmse is too large, not a finite number: left out."),
        ("0.82", "rmse is the text “0.82”, not a finite number: left out."),
        (True, "rmse is true, not a finite number: left out."),
        (None, "rmse is empty, not a finite number: left out."),
        ([1], "rmse is a list, not a finite number: left out."),
    ],
)
def test_what_is_no_number_is_told(value: object, said: str) -> None:
    found = from_values({"rmse": value}, "")
    assert (found.metrics, found.problems) == ((), (said,))


def test_a_quoted_number_in_the_kitfile_is_told() -> None:
    assert "the text “.nan”" not in from_parameters({"rmse": ".nan"}).problems
    assert "the text “nan”" in from_parameters({"rmse": "nan"}).problems[0]
    assert from_parameters({"parameters": None}).problems == ()
    assert from_parameters(MISSING) == VersionMetrics()


def test_ten_thousand_names_are_bounded_and_told() -> None:
    many = {f"rmse{number}": number for number in range(10_000)}
    found = from_values(many, "metrics.json")
    assert len(found.metrics) == 500
    assert found.problems == (
        "metrics.json: Only the first 500 names are read; 9,500 more are left out.",
    )
    bad = from_values(dict.fromkeys(many, math.nan), "m.json")
    assert len(bad.problems) == 21


def test_deep_tables_and_long_names_are_bounded() -> None:
    deep: dict[str, object] = {"rmse": 1}
    for _ in range(5_000):
        deep = {"a": deep}
    assert "too deep" in from_values(deep, "").problems[0]
    assert "10,000 characters" in from_values({"x" * 10_000: 1}, "").problems[0]


def test_the_first_source_wins_and_disagreement_is_told() -> None:
    kitfile = from_parameters({"metrics": {"rmse": 0.99, "mae": 1}})
    file = from_values({"rmse": 0.97, "mae": 1.0, "r2": 0.5}, "metrics.json")
    found = merged([kitfile, file])
    assert {one.name: one.value for one in found.metrics} == {"rmse": 0.99, "mae": 1, "r2": 0.5}
    assert [one.sentence for one in found.conflicts] == [
        "rmse: the Kitfile says 0.99, metrics.json says 0.97; 0.99 is used."
    ]


def test_what_is_recorded_later_is_no_disagreement() -> None:
    later = MetricValue("rmse", 1.2, Source.RECORDED, "A/B", "2026-01-02T03:04:05Z")
    found = merged([VersionMetrics((later,)), from_parameters({"metrics": {"rmse": 0.9}})])
    assert (found.find("rmse"), found.conflicts) == (later, ())
    assert later.origin == "A/B of 2026-01-02"


def version(**metrics: float) -> VersionMetrics:
    return from_parameters({"metrics": dict(metrics)})


def test_side_by_side() -> None:
    table = side_by_side(
        [version(rmse=0.82, clicks=1), version(rmse=0.99, clicks=2), version(clicks=2)], direction
    )
    rmse, clicks = table.metrics
    assert (rmse.name, rmse.better, rmse.best, rmse.differs) == ("rmse", Better.LOWER, 0, True)
    assert rmse.values[2] is None
    assert (clicks.best, clicks.better) == (None, Better.UNKNOWN)
    same = side_by_side([version(rmse=1), version(rmse=1.0)], direction).metrics[0]
    assert (same.best, same.differs) == (None, False)


@pytest.mark.parametrize(
    ("better", "left", "right", "said"),
    [
        (Better.LOWER, 0.82, 0.99, Change.WORSE),
        (Better.LOWER, 0.99, 0.82, Change.BETTER),
        (Better.HIGHER, 0.82, 0.99, Change.BETTER),
        (Better.HIGHER, 0.82, 0.82, Change.SAME),
        (Better.UNKNOWN, 0.82, 0.99, Change.OTHER),
    ],
)
def test_better_or_worse(better: Better, left: float, right: float, said: Change) -> None:
    old, new = version(x=left).metrics[0], version(x=right).metrics[0]
    assert change(better, old, new) is said
    assert change(better, None, new) is Change.UNKNOWN
