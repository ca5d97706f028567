"""accounts: list them, take over logins of other programs, remember how hosts are spoken to."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from kitdesk.cli.context import Context
from kitdesk.cli.output import table
from kitdesk.cli.remotes import remote_options
from kitdesk.errors import KitDeskError, NotFound
from kitdesk.operations.accounts import accounts, find_external_logins, import_logins, set_host
from kitdesk.services.accounts.credentials import canonical
from kitdesk.services.accounts.external_logins import ExternalLogin
from kitdesk.services.config.settings import HostFacts

if TYPE_CHECKING:
    import argparse

NAME = "accounts"
HELP = "List accounts and how hosts are spoken to; take over logins of docker and kit."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its options."""
    parser.add_argument("hosts", nargs="*", metavar="HOST")
    parser.add_argument("--find", action="store_true", help="list logins that could be taken over")
    parser.add_argument(
        "--import", dest="take", action="store_true", help="take them over (of HOST, or all)"
    )
    parser.add_argument(
        "--remember",
        action="store_true",
        help="keep --plain-http, --tls-ca, --tls-cert, --tls-key, --insecure for HOST; "
        "without any of them: forget them",
    )


def run(context: Context) -> int:
    """List, find, take over, remember."""
    options, services = context.options, context.services
    if options.remember:
        return _remember(context)
    if options.find or options.take:
        found = [
            one
            for one in find_external_logins(services)
            if not options.hosts or one.host in map(canonical, options.hosts)
        ]
        return _take_over(context, found) if options.take else _show_importable(context, found)
    for host in options.hosts:
        services.credentials.use_environment_for(host)
    rows = [
        one
        for one in accounts(services)
        if not options.hosts or one.host in map(canonical, options.hosts)
    ]
    data = [
        {
            "host": one.host,
            "user": one.user,
            "kind": one.kind if one.user is not None else None,
            "secret": one.place.name.lower() if one.place else None,
            **asdict(one.facts),
        }
        for one in rows
    ]
    text = table(
        [
            (
                one.host,
                (one.user or "token") if one.user is not None else "",
                one.place.value if one.place else "not signed in",
                "" if one.facts == HostFacts() else _facts_words(one.facts),
            )
            for one in rows
        ]
    )
    context.output.result({"accounts": data}, text or "Nobody is signed in anywhere.")
    return 0


def _facts_words(facts: HostFacts) -> str:
    words = [
        (facts.plain_http, "plain HTTP"),
        (bool(facts.ca_file), f"trusts {facts.ca_file}"),
        (bool(facts.client_cert), f"shows {facts.client_cert}"),
        (facts.insecure, "certificates are not checked"),
    ]
    return ", ".join(word for holds, word in words if holds)


def _remember(context: Context) -> int:
    options = context.options
    if not options.hosts:
        raise KitDeskError("Which registry?", "Name it: kitdesk accounts --remember HOST")
    facts = HostFacts(
        bool(options.plain_http),
        _full(options.tls_ca),
        _full(options.tls_cert),
        _full(options.tls_key),
        options.insecure,
    )
    for host in options.hosts:
        set_host(host, facts, context.services)
    words = _facts_words(facts) or "as usual"
    data = {"hosts": options.hosts, **asdict(facts)}
    context.output.result(data, f"{', '.join(options.hosts)}: {words}.")
    return 0


def _full(path: str) -> str:
    return str(Path(path).absolute()) if path else ""


def _show_importable(context: Context, found: list[ExternalLogin]) -> int:
    data = [{"host": one.host, "user": one.user, "source": one.source} for one in found]
    text = table([(one.host, one.user or "(the helper knows)", one.source) for one in found])
    context.output.result({"importable": data}, text or "Nothing to take over was found.")
    return 0


def _take_over(context: Context, found: list[ExternalLogin]) -> int:
    if not found:
        raise NotFound(
            "No login to take over was found.", "kitdesk login HOST signs in to a registry."
        )
    done = import_logins(found, context.services, remote_options(context), context.output.report)
    data = [
        {
            "host": one.login.host,
            "user": one.user,
            "source": one.login.source,
            "ok": one.ok,
            "problem": one.problem.title if one.problem else None,
        }
        for one in done
    ]
    rows = [
        (one.login.host, one.user or "token", one.problem.title if one.problem else "taken over")
        for one in done
    ]
    context.output.result({"imported": data}, table(rows))
    return 0 if all(one.ok for one in done) else 1
