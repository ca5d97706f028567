"""What every machine-learning project has lying about, and why no kit wants it.

One table, no I/O: callers hand in names, the names inside a folder, the first bytes of a file.
"""

from __future__ import annotations

import enum
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection


class PathKind(enum.StrEnum):
    """Why a file or folder is not proposed for a layer."""

    ENVIRONMENT = "environment"
    """Installed packages: made again from a list of requirements."""
    CACHE = "cache"
    """Made again by whoever needs it."""
    LOG = "log"
    """Written by runs: logs, events, records of experiments."""
    VCS = "vcs"
    """Version control, DVC's folder included."""
    SYSTEM = "system"
    """Written by an operating system or an editor for itself."""
    SECRET = "secret"
    """A key, a password, a token."""
    POINTER = "pointer"
    """Stands for data that is elsewhere: git-lfs, git-annex, DVC."""
    LINK = "link"
    """A symbolic link: kit packs none."""
    IGNORED = "ignored"
    """``.kitignore`` or git leaves it out."""
    OTHER = "other"
    """Nobody can say what it is, or a layer cannot hold its name."""


class KnownPath(NamedTuple):
    """What is known of a file or folder."""

    kind: PathKind
    reason: str
    """Half a sentence for people, without a full stop."""
    by_name: bool = True
    """Whether its last name alone says it, wherever it lies."""


CACHE_TAG = "CACHEDIR.TAG"
CACHE_SIGNATURE = b"Signature: 8a477f597d28d172789f06886806bc55"
"""First bytes of that file (bford.info/cachedir)."""
POINTER_MAX_BYTES = 1024
"""A git-lfs pointer is smaller than this (git-lfs spec)."""
HEAD_BYTES = 64 << 10
"""So many first bytes of a text are looked at for secrets."""

_ENVIRONMENT = "an environment of installed packages; list them in requirements instead"
_EXPERIMENT = "written by runs"
_REPOSITORY = "version control"
_SYSTEM = "written by the operating system for itself"
_EDITOR = "the settings of an editor"
_SECRET = "holds passwords or keys"
_FOLDERS = {
    PathKind.ENVIRONMENT: (
        ".venv venv .virtualenv virtualenv .conda .pixi .tox .nox __pypackages__ .direnv",
        _ENVIRONMENT,
    ),
    PathKind.CACHE: (
        (
            "__pycache__ .ipynb_checkpoints node_modules build dist .eggs .cache .pytest_cache "
            ".mypy_cache .ruff_cache .pytype .hypothesis htmlcov .npm .gradle .parcel-cache "
            ".terraform .ccls-cache .numba_cache"
        ),
        "made again when it is needed",
    ),
    PathKind.LOG: (
        (
            "wandb mlruns mlartifacts lightning_logs outputs multirun runs tb_logs tensorboard "
            "catboost_info ray_results logs .aim .neptune .guild"
        ),
        _EXPERIMENT,
    ),
    PathKind.VCS: (".git .hg .svn .bzr .jj .dvc .gitlab .github", _REPOSITORY),
    PathKind.SYSTEM: (
        "__macosx .spotlight-v100 .trashes .fseventsd .temporaryitems .appledouble $recycle.bin",
        _SYSTEM,
    ),
    PathKind.SECRET: (".ssh .gnupg .azure", _SECRET),
}
_FILES = {
    PathKind.CACHE: (".coverage", "made again when it is needed"),
    PathKind.LOG: ("nohup.out", _EXPERIMENT),
    PathKind.VCS: (
        ".git .gitignore .gitattributes .gitmodules .hgignore .dvcignore .gitkeep",
        _REPOSITORY,
    ),
    PathKind.SYSTEM: (".ds_store thumbs.db ehthumbs.db desktop.ini .directory .localized", _SYSTEM),
    PathKind.SECRET: (
        (
            ".env .envrc id_rsa id_dsa id_ecdsa id_ed25519 .netrc _netrc kaggle.json .pypirc "
            ".git-credentials .dockercfg .htpasswd .pgpass .my.cnf .boto .s3cfg kubeconfig "
            "application_default_credentials.json"
        ),
        _SECRET,
    ),
}
_ENDINGS = {
    ".pyc": (PathKind.CACHE, "compiled again when it is needed"),
    ".pyo": (PathKind.CACHE, "compiled again when it is needed"),
    ".log": (PathKind.LOG, _EXPERIMENT),
    ".swp": (PathKind.SYSTEM, _EDITOR),
    ".swo": (PathKind.SYSTEM, _EDITOR),
    ".p12": (PathKind.SECRET, _SECRET),
    ".pfx": (PathKind.SECRET, _SECRET),
    ".jks": (PathKind.SECRET, _SECRET),
    ".kdbx": (PathKind.SECRET, _SECRET),
    ".dvc": (PathKind.POINTER, "DVC's note about data that it keeps elsewhere"),
}
_FOLDER_ENDINGS = {
    ".egg-info": (PathKind.CACHE, "made again when the package is built"),
    ".dist-info": (PathKind.CACHE, "made again when the package is built"),
}
_IN_FOLDER = {
    ".streamlit/secrets.toml": _SECRET,
    ".aws/credentials": _SECRET,
    ".docker/config.json": _SECRET,
    ".kube/config": _SECRET,
    "gcloud/credentials.db": _SECRET,
    ".huggingface/token": _SECRET,
}
_HARMLESS = (".example", ".sample", ".template", ".dist", ".defaults")
"""Endings of examples: ``.env.example`` holds no secret."""


def _by_name(
    table: dict[PathKind, tuple[str, str]], more: tuple[tuple[str, KnownPath], ...] = ()
) -> dict[str, KnownPath]:
    found = {
        name: KnownPath(kind, reason)
        for kind, (names, reason) in table.items()
        for name in names.split()
    }
    return found | dict(more)


FOLDERS = _by_name(
    _FOLDERS,
    (
        (".idea", KnownPath(PathKind.SYSTEM, _EDITOR)),
        (".vscode", KnownPath(PathKind.SYSTEM, _EDITOR)),
        ("system volume information", KnownPath(PathKind.SYSTEM, _SYSTEM)),
    ),
)
"""Lower-case name of a folder -> what it is."""
FILES = _by_name(_FILES)
"""Lower-case name of a file -> what it is."""


def known_folder(name: str, inside: Collection[str] = ()) -> KnownPath | None:
    """What a folder is, by its name or by the names that lie in it; None for an ordinary one.

    A :data:`CACHE_TAG` counts only with :data:`CACHE_SIGNATURE`: see :func:`is_cache_tag`.
    """
    low = name.lower()
    if "pyvenv.cfg" in inside or "conda-meta" in inside:
        return KnownPath(PathKind.ENVIRONMENT, _ENVIRONMENT, by_name=low in FOLDERS)
    found = FOLDERS.get(low)
    if found is None and low.startswith(".trash-"):
        return KnownPath(PathKind.SYSTEM, _SYSTEM)
    if found is None:
        ending = low[low.rfind(".") :] if "." in low else ""
        if ending in _FOLDER_ENDINGS:
            return KnownPath(*_FOLDER_ENDINGS[ending])
    return found


def is_cache_tag(head: bytes) -> bool:
    """Whether a file named :data:`CACHE_TAG` that begins so marks its folder as a cache."""
    return head.startswith(CACHE_SIGNATURE)


CACHE_FOLDER = KnownPath(PathKind.CACHE, "marked as a cache by CACHEDIR.TAG", by_name=False)


def known_file(path: str) -> KnownPath | None:
    """What a file is by its name (``/`` between folders); None for an ordinary one."""
    low = path.lower()
    name = low.rpartition("/")[2]
    found = FILES.get(name)
    if found is not None:
        return found
    if name.startswith("._"):
        return KnownPath(PathKind.SYSTEM, _SYSTEM)
    if name.startswith(("~$", ".~lock.")):
        return KnownPath(PathKind.SYSTEM, "a lock of an open document")
    if name.startswith("events.out.tfevents."):
        return KnownPath(PathKind.LOG, _EXPERIMENT)
    if name.startswith(".env.") and not name.endswith(_HARMLESS):
        return KnownPath(PathKind.SECRET, _SECRET)
    for place, reason in _IN_FOLDER.items():
        if low == place or low.endswith("/" + place):
            return KnownPath(PathKind.SECRET, reason, by_name=False)
    ending = name[name.rfind(".") :] if "." in name else ""
    return KnownPath(*_ENDINGS[ending]) if ending in _ENDINGS else None


_PRIVATE_KEY = re.compile(rb"-----BEGIN (?:[A-Z0-9]{1,16} ){0,3}PRIVATE KEY(?: BLOCK)?-----")
_SERVICE_ACCOUNT = re.compile(rb'"type"\s{0,8}:\s{0,8}"service_account"')
_LFS = re.compile(rb"version https://(?:git-lfs|hawser)\.github\.com/spec/v1\n")
_LFS_SIZE = re.compile(rb"^size (\d{1,19})$", re.MULTILINE)
_TOKENS = {
    "GitHub": rb"gh[oprsu]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{40,100}",
    "GitLab": rb"glpat-[A-Za-z0-9_-]{20,50}",
    "Hugging Face": rb"hf_[A-Za-z0-9]{34,40}",
    "Amazon": rb"(?:AKIA|ASIA)[A-Z0-9]{16}",
    "Google": rb"AIza[A-Za-z0-9_-]{35}",
    "Slack": rb"xox[abprs]-[A-Za-z0-9-]{20,80}",
    "Anthropic": rb"sk-ant-[A-Za-z0-9_-]{20,120}",
    "OpenAI": rb"sk-(?:proj-)?[A-Za-z0-9_-]{32,200}",
    "npm": rb"npm_[A-Za-z0-9]{36}",
    "PyPI": rb"pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{20,200}",
    "Docker": rb"dckr_pat_[A-Za-z0-9_-]{20,40}",
}
_TOKEN = {
    owner: re.compile(rb"(?<![A-Za-z0-9_-])(?:" + form + rb")(?![A-Za-z0-9_-])")
    for owner, form in _TOKENS.items()
}


class FoundToken(NamedTuple):
    """A token in the middle of a text; its value is never handed on."""

    owner: str
    line: int
    """From 1."""


def known_content(head: bytes, size: int) -> KnownPath | None:
    """What a file is by its first bytes: a private key, a pointer; None for an ordinary one.

    ``size``: bytes of the whole file.
    """
    if size < POINTER_MAX_BYTES:
        if _LFS.match(head):
            data = _LFS_SIZE.search(head)
            whole = f" ({int(data[1]):,} bytes)" if data else ""
            return KnownPath(
                PathKind.POINTER, f"git-lfs keeps its data{whole}: git lfs pull fetches it", False
            )
        if head.startswith(b"/annex/objects/"):
            return KnownPath(
                PathKind.POINTER, "git-annex keeps its data: git annex get fetches it", False
            )
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:80]
    if _PRIVATE_KEY.match(start) or start.startswith(b"PuTTY-User-Key-File-"):
        return KnownPath(PathKind.SECRET, "a private key", by_name=False)
    if start.startswith(b"{") and _SERVICE_ACCOUNT.search(head) and b'"private_key"' in head:
        return KnownPath(PathKind.SECRET, "the key of a service account", by_name=False)
    return None


def token_in(head: bytes) -> FoundToken | None:
    """The first token in the text: the file may stay, its owner should know; None without one."""
    if b"\0" in head[:1024]:
        return None  # no text
    found = [
        (match.start(), owner)
        for owner, form in _TOKEN.items()
        if (match := form.search(head)) is not None
    ]
    if key := _PRIVATE_KEY.search(head):
        found.append((key.start(), "private key"))
    if not found:
        return None
    at, owner = min(found)
    return FoundToken(owner, head.count(b"\n", 0, at) + 1)
