"""All services of one user on this machine, made when they are first asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kitdesk.services.accounts.credentials import CredentialStore
    from kitdesk.services.config.paths import Paths
    from kitdesk.services.config.settings import Settings
    from kitdesk.services.disk.hash_cache import HashCache
    from kitdesk.services.history.journal import Journal
    from kitdesk.services.history.safe_copies import SafeCopies
    from kitdesk.services.history.tag_history import TagHistory
    from kitdesk.services.layers.reader import LayerCatalog
    from kitdesk.services.remotes.registry.cache import RegistryCache
    from kitdesk.services.store.store import Store


class Services:
    """What the verbs work on. A service's module is imported only when a verb needs it: the
    command line must be quick to start (performance.md, section 1).
    """

    def __init__(self, paths: Paths) -> None:
        self.paths = paths

    @classmethod
    def at(cls, paths: Paths) -> Services:
        """Nothing is read or written yet."""
        return cls(paths)

    def unremembered(self) -> tuple[str, ...]:
        """Why something of KitDesk's own is not remembered, one sentence each."""
        made = (self.__dict__.get(name) for name in ("settings", "journal"))
        return tuple(one.problem for one in made if one is not None and one.problem)

    @cached_property
    def store(self) -> Store:
        """Kit's store."""
        from kitdesk.services.store.store import Store

        return Store(self.paths.store)

    @cached_property
    def layers(self) -> LayerCatalog:
        """The files inside its layers."""
        from kitdesk.services.layers.reader import LayerCatalog

        return LayerCatalog(self.store.blobs, self.paths.cache)

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
    def safe_copies(self) -> SafeCopies:
        """What was replaced."""
        from kitdesk.services.history.safe_copies import SafeCopies

        return SafeCopies(self.paths.data)

    @cached_property
    def settings(self) -> Settings:
        """What the user chose."""
        from kitdesk.services.config.settings import Settings

        return Settings(self.paths.config)

    @cached_property
    def tag_history(self) -> TagHistory:
        """Where tags pointed."""
        from kitdesk.services.history.tag_history import TagHistory

        return TagHistory(self.paths.data)

    @cached_property
    def registry_cache(self) -> RegistryCache:
        """What is remembered of registries."""
        from kitdesk.services.remotes.registry.cache import RegistryCache

        return RegistryCache(self.paths.cache)

    @cached_property
    def credentials(self) -> CredentialStore:
        """Who signs in where."""
        from kitdesk.services.accounts.credentials import CredentialStore

        return CredentialStore(self.settings)
