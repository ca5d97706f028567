"""What oras-py and requests do unasked, switched off: logging in, reading files, printing."""

from __future__ import annotations

import logging

import oras.auth
import oras.auth.token
import oras.logger

BACKEND = "kitdesk"
"""Name under which oras-py knows what follows."""


class _NoOrasAuth(oras.auth.token.TokenAuth):  # type: ignore[misc]  # oras-py has no types
    """oras-py's own authentication reads docker's files and loses tokens: it is switched off."""

    def load_configs(self, *_: object, **__: object) -> None:
        """Read nothing."""

    def authenticate_request(self, *_: object, **__: object) -> None:
        """Never reached: do_request answers a 401 itself."""
        raise oras.auth.AuthenticationException("not used")


_talk = oras.logger.logger.logger  # would print every status that is not 200 on the terminal
for _handler in list(_talk.handlers):
    _talk.removeHandler(_handler)
_talk.addHandler(logging.NullHandler())
_talk.propagate = False
oras.auth.auth_backends[BACKEND] = _NoOrasAuth
