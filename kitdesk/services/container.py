"""All services of one user on this machine, made when they are first asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kitdesk.services.accounts.credentials import Credentials
    from kitdesk.services.config.paths import Paths
    from kitdesk.services.config.settings import Settings
    from kitdesk.services.disk.hash_cache import HashCache
    from kitdesk.services.history.journal import Journal
    from kitdesk.services.history.safe_copies import SafeCopies
    from kitdesk.services.history.tag_history import TagsSeen
    from kitdesk.services.layers.reader import LayerFiles
    from kitdesk.services.remotes.registry.cache import Memory
    from kitdesk.services.store.store import Store


class Library:
    """What the verbs work on. A service's module is imported only when a verb needs it: the
    command line must be quick to start (performance.md, section 1).
    """

    def __init__(self, paths: Paths) -> None:
        self.paths = paths

    @classmethod
    def at(cls, paths: Paths) -> Library:
        """Nothing is read or written yet."""
        return cls(paths)

    @cached_property
    def store(self) -> Store:
        """Kit's store."""
        from kitdesk.services.store.store import Store

        return Store(self.paths.store)

    @cached_property
    def layers(self) -> LayerFiles:
        """The files inside its layers."""
        from kitdesk.services.layers.reader import LayerFiles

        return LayerFiles(self.store.blobs, self.paths.cache)

    @cached_property
    def hashes(self) -> HashCache:
        """Hashes of project files."""
        from kitdesk.services.disk.hash_cache import HashCache

        return HashCache(self.paths.cache)

    @cached_property
    def journal(self) -> Journal:
        """What was done."""
        from kitdesk.services.history.journal import Journal

        return Journal(self.paths.data)

    @cached_property
    def safe(self) -> SafeCopies:
        """What was replaced."""
        from kitdesk.services.history.safe_copies import SafeCopies

        return SafeCopies(self.paths.data)

    @cached_property
    def settings(self) -> Settings:
        """What the user chose."""
        from kitdesk.services.config.settings import Settings

        return Settings(self.paths.config)

    @cached_property
    def tags_seen(self) -> TagsSeen:
        """Where tags pointed."""
        from kitdesk.services.history.tag_history import TagsSeen

        return TagsSeen(self.paths.data)

    @cached_property
    def memory(self) -> Memory:
        """What is remembered of registries."""
        from kitdesk.services.remotes.registry.cache import Memory

        return Memory(self.paths.cache)

    @cached_property
    def credentials(self) -> Credentials:
        """Who signs in where."""
        from kitdesk.services.accounts.credentials import Credentials

        return Credentials(self.settings)
