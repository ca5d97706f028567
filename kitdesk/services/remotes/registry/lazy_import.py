"""Modules that a dependency imports at once and needs only for what we never call."""

from __future__ import annotations

import importlib
import sys
import types


class LazyModule(types.ModuleType):
    """Stands in for a module until something in it is asked for."""

    def __getattr__(self, name: str) -> object:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


def import_lazily(name: str) -> None:
    """Have ``import name`` cost nothing until the module is used."""
    if name not in sys.modules:
        sys.modules[name] = LazyModule(name)
