"""Every name that a pickle would import, and those that can do harm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitdesk.compare.content.model import Outcome
from kitdesk.compare.content.parts import ImportsDiff
from kitdesk.compare.content.words import label

if TYPE_CHECKING:
    from kitdesk.compare.content.model import Context

MODULES = frozenset(
    "os posix nt posixpath ntpath subprocess sys shutil socket pty commands runpy importlib ctypes "
    "webbrowser multiprocessing asyncio code codeop timeit bdb pdb tempfile io pip signal "
    "threading pickle dill cProfile profile trace imp zipimport pkgutil ensurepip "
    "venv http urllib ftplib smtplib telnetlib xmlrpc requests httpx aiohttp glob fileinput "
    "distutils setuptools platform getpass winreg msvcrt fcntl mmap gc inspect".split()
)
"""Modules that a model has no reason to name: they run commands, open files or reach out."""
BUILTINS = frozenset(
    "eval exec compile open __import__ getattr setattr delattr input globals locals vars "
    "breakpoint exit quit memoryview".split()
)
HARMLESS = frozenset(("BytesIO", "StringIO", "RLock", "Lock"))
"""Of these modules, what objects really hold."""
NAMES = frozenset(
    ("types.CodeType", "types.FunctionType", "operator.attrgetter", "operator.methodcaller",
     "numpy.load", "numpy.fromfile",
     "torch.load", "torch.hub.load", "joblib.load", "pandas.read_pickle", "pandas.eval",
     "numpy.testing._private.utils.runstring", "numpy.f2py.compile")
)  # fmt: skip
CODE = (
    "cloudpickle.cloudpickle._make_function", "cloudpickle.cloudpickle._make_skel_func",
    "cloudpickle.cloudpickle._builtin_type", "cloudpickle.cloudpickle._make_cell",
    "cloudpickle.cloudpickle._make_empty_cell", "cloudpickle.cloudpickle._fill_function",
    "cloudpickle.cloudpickle._function_setstate", "cloudpickle.cloudpickle._make_skeleton_class",
    "cloudpickle.cloudpickle._class_setstate", "cloudpickle.cloudpickle.subimport",
    "dill._dill._create_function", "dill._dill._create_code", "dill._dill._create_cell",
    "builtins.code", "types.CodeType", "types.FunctionType",
)  # fmt: skip
MAX_NAMES = 10_000


def is_code(name: str) -> bool:
    """A function that was pickled by value."""
    return name in CODE or name.startswith(("cloudpickle.", "dill._dill."))


def is_dangerous(full: str) -> bool:
    """A name that runs, opens or reaches something."""
    module, _, name = full.rpartition(".")
    if module == "builtins":
        return name in BUILTINS
    root = full.partition(".")[0].lstrip("_")  # _io and _socket are what io and socket are made of
    return (root in MODULES and name not in HARMLESS) or full in NAMES


@dataclass(slots=True)
class Imports:
    """The names of one side."""

    names: list[str]

    @classmethod
    def differ(cls, left: Imports | None, right: Imports | None, context: Context) -> Outcome:
        """Both lists; a dangerous name stands in the sentence."""
        context.budget.check()
        sides = [tuple(sorted(set(one.names)))[:MAX_NAMES] if one else () for one in (left, right)]
        bad = tuple(one for one in sorted({*sides[0], *sides[1]}) if is_dangerous(one))
        words = (f"asks for {', '.join(label(one, 80) for one in bad[:3])}",) if bad else ()
        return Outcome(ImportsDiff(sides[0], sides[1], bad), equal=True, words=words)
