"""What the name of a number says: whether it is a metric, and which way it gets better."""

from __future__ import annotations

import re
from functools import lru_cache

from kitdesk.modelkit.metrics.values import Better

_LOWER = frozenset(
    "loss logloss error rmse rmsle mse mae mape smape perplexity ppl wer cer brier fid "
    "latency".split()
)
_HIGHER = frozenset(
    "accuracy acc auc auroc auprc map f1 precision recall r2 ndcg mrr bleu rouge iou dice kappa "
    "mcc".split()
)
_METRICS = _LOWER | _HIGHER
_AFTER = frozenset(
    "score rate mean avg average median std macro micro weighted train val valid validation test "
    "eval dev holdout final best last ms s sec seconds at k".split()
)
"""Words that may follow the one that names the metric: ``f1_macro``, ``latency_ms``."""
_RUN_OF_LETTERS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+", re.ASCII)
_WORD = re.compile(r"[A-Za-z0-9]+", re.ASCII)
_LONGEST = 200
"""Characters of a name that anybody reads."""


@lru_cache(maxsize=4096)
def direction(name: str) -> Better:
    """Which way a metric of that name gets better; UNKNOWN for words of both ways, or of none.

    Whole words only: ``fidelity`` is no ``fid``. ``neg_`` in front of a name turns it.
    """
    for segment in reversed(name[:_LONGEST].split(".")):
        words = _words(segment)
        lower, higher = not _LOWER.isdisjoint(words), not _HIGHER.isdisjoint(words)
        if lower and higher:
            return Better.UNKNOWN
        if lower or higher:
            turned = words[0] in {"neg", "negative"}
            return Better.HIGHER if higher != turned else Better.LOWER
    return Better.UNKNOWN


@lru_cache(maxsize=4096)
def names_a_metric(name: str) -> bool:
    """Whether a number of that name is a metric and not a parameter.

    Its last part names one, perhaps with a word of how it was taken: ``val_rmse``, ``f1_macro``;
    ``loss_weight`` weighs a loss and is a parameter.
    """
    words = list(_words(name[:_LONGEST].rpartition(".")[2]))
    while words and words[-1] not in _METRICS:
        last = words.pop()
        if last not in _AFTER and not last.isdigit():
            return False
    return bool(words)


def _words(name: str) -> tuple[str, ...]:
    """Its words in small letters; ``valLoss`` and ``map50`` are two each."""
    found: list[str] = []
    for written in _WORD.findall(name):
        whole = written.lower()
        found += [whole] if whole in _METRICS else _split(written)
    return tuple(found)


def _split(written: str) -> list[str]:
    return [part.lower() for part in _RUN_OF_LETTERS.findall(written)]
