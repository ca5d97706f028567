"""Zips that are models: told apart by their members."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitdesk.compare.content import zips
from kitdesk.compare.content.source import Mismatch

if TYPE_CHECKING:
    from kitdesk.compare.content.model import Context, Model
    from kitdesk.compare.content.source import Bytes


def read(side: Bytes, name: str, context: Context) -> Model:
    """npz, torch, skops, keras; Mismatch for other zips."""
    members = zips.members(side, context.budget)
    names = {one.name for one in members}
    if any(one == "data.pkl" or one.endswith("/data.pkl") for one in names):
        from kitdesk.compare.content.tensors import torch

        return torch.read_zip(side, members, context)
    if "schema.json" in names:
        from kitdesk.compare.content.objects import skops

        return skops.read_zip(side, members, context)
    about = "metadata.json" in names or name.lower().endswith(".keras")
    if "config.json" in names and (about or any(one.endswith(".weights.h5") for one in names)):
        from kitdesk.compare.content.graphs import keras

        return keras.read_zip(side, members, context)
    if names and all(one.endswith(".npy") for one in names):
        from kitdesk.compare.content.tensors import npy

        return npy.read_npz(side, members, context)
    raise Mismatch("it is an archive")
