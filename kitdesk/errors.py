"""What can be expected to go wrong, each with a title for the eye and a hint for the hand.

Anything that is not a :class:`KitDeskError` is a bug and is reported as one.
"""

from __future__ import annotations

from typing import ClassVar


class KitDeskError(Exception):
    """An expected failure: what happened, the way on, and technical detail."""

    code: ClassVar[str] = "error"
    """Stable machine-readable name, printed by ``--json``."""

    def __init__(self, title: str, hint: str = "", detail: str = "") -> None:
        super().__init__(title)
        self.title = title
        self.hint = hint
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.title} {self.hint}".strip()


class NotFound(KitDeskError):
    """A version, blob, tag, file or folder that was named is not there."""

    code = "not-found"


class FolderGone(NotFound):
    """The project folder does not exist or vanished."""

    code = "folder-gone"


class NoKitfile(NotFound):
    """The folder has no Kitfile."""

    code = "no-kitfile"


class BadKitfile(KitDeskError):
    """The Kitfile is refused; ``check`` lists every problem."""

    code = "bad-kitfile"

    def __init__(self, title: str, hint: str = "", detail: str = "", line: int = 0) -> None:
        super().__init__(title, hint, detail)
        self.line = line
        """Where the first problem is, counted from 1; 0 = nowhere in particular."""


class BadIgnoreFile(KitDeskError):
    """``.kitignore`` has a pattern that kit refuses."""

    code = "bad-ignore-file"


class BadReference(KitDeskError):
    """A reference or tag that kit's rules refuse."""

    code = "bad-reference"


class BadModelKit(KitDeskError):
    """A manifest, config or layer that cannot be read as a ModelKit."""

    code = "bad-modelkit"


class UnsafeArchive(BadModelKit):
    """A layer that would write outside its target or holds what no ModelKit may hold."""

    code = "unsafe-archive"


class StoreDamaged(KitDeskError):
    """The local store is torn: cut JSON, a missing or altered blob."""

    code = "store-damaged"


class WrongDigest(StoreDamaged):
    """Bytes that do not have the digest they were asked for by."""

    code = "wrong-digest"


class Conflict(KitDeskError):
    """Something else is already there: a tag on another digest, a file in the way."""

    code = "conflict"


class FileChanged(KitDeskError):
    """A file changed while it was being read or between preview and deed."""

    code = "file-changed"


class DiskFull(KitDeskError):
    """Not enough room; said before anything is changed wherever that can be known."""

    code = "disk-full"


class DiskFailure(KitDeskError):
    """The operating system refused to read or write (permission, I/O error)."""

    code = "disk"


class Unreachable(KitDeskError):
    """The registry did not answer."""

    code = "unreachable"


class Refused(KitDeskError):
    """The registry answered, and said no."""

    code = "refused"


class AuthRequired(Refused):
    """Signing in to ``host`` would help; the same work can be tried again afterwards."""

    code = "auth-required"

    def __init__(self, host: str, title: str = "", hint: str = "", detail: str = "") -> None:
        super().__init__(
            title or f"{host} asks you to sign in.",
            hint or f"Sign in with: kitdesk login {host}",
            detail,
        )
        self.host = host


class Interrupted(KitDeskError):
    """An earlier rollback was cut off; it can be finished or undone."""

    code = "interrupted"


class NothingToUndo(KitDeskError):
    """There is no step that could be undone."""

    code = "nothing-to-undo"


class NeedsConsent(KitDeskError):
    """The verb would change files and nobody said yes."""

    code = "needs-yes"
