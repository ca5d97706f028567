"""The command line as design.md section 5 has it."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys

from kitdesk import __version__

PROFILES = ("current", "kit-1.11", "kit-1.7")
COMPRESSIONS = ("none", "gzip", "gzip-fastest", "zstd")
VERBS = {
    "check": "Validate the Kitfile.",
    "pack": "Freeze a folder as a version.",
    "unpack": "Write a version's files into a folder.",
    "push": "Send a version to a registry or folder.",
    "pull": "Fetch a version into the local store.",
    "tag": "Give a version one more name.",
    "remove": "Delete a version, or one of its tags.",
    "versions": "List versions, local and remote.",
    "inspect": "Show manifest, config and Kitfile of a version.",
    "compare": "Say what differs between two versions, or a version and a folder.",
    "rollback": "Take a folder back to a version, exactly.",
    "restore": "Bring single files or folders back from a version.",
    "undo": "Undo the last rollback, restore or overwriting unpack of a folder.",
    "verify": "Hash every blob of a version again.",
    "login": "Sign in to a registry; the password goes into the keyring.",
    "logout": "Forget the password of a registry.",
    "accounts": "List accounts and how hosts are spoken to; take over logins of docker and kit.",
    "credential-helper": "Give docker, oras and kit what the keyring holds (docker's credential "
    "helper protocol: server or JSON on standard input). Installed as docker-credential-kitdesk; "
    'name it with "credsStore": "kitdesk" in their configuration.',
    "doctor": "Try everything KitDesk needs of a registry.",
    "history": "What was done, newest first.",
    "demo": "Write the sample project.",
    "tour": "The whole story on the sample: no network, no window.",
}
"""Each verb with what it does."""


class _Formatter(argparse.HelpFormatter):
    """Asks for the terminal's width without shutil, whose compressors cost 3 ms at each start."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_columns() - 2)


def _columns() -> int:
    with contextlib.suppress(KeyError, ValueError):
        return max(int(os.environ["COLUMNS"]), 20)
    with contextlib.suppress(OSError, ValueError, AttributeError):
        return os.get_terminal_size(sys.stdout.fileno()).columns or 80
    return 80


def build(only: str = "") -> argparse.ArgumentParser:
    """All verbs with their options; or one alone, which is quicker to make."""
    parser = argparse.ArgumentParser(
        prog="kitdesk",
        formatter_class=_Formatter,
        description="Versions of a machine-learning project, as ModelKits. "
        "Without a verb: kitdesk [FOLDER] opens the window.",
    )
    parser.add_argument("--version", action="version", version=f"kitdesk {__version__}")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    common = _common()
    for name in [only] if only in VERBS else VERBS:
        text = VERBS[name]
        one = verbs.add_parser(
            name, help=text, description=text, parents=[common], formatter_class=_Formatter
        )
        if name in _OPTIONS:
            _OPTIONS[name](one)
    return parser


def _common() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False, formatter_class=_Formatter)
    group = common.add_argument_group("common options")
    group.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    group.add_argument("--plain-http", action="store_true", default=None, help="no TLS")
    group.add_argument("--tls-ca", default="", metavar="FILE", help="certificates to trust")
    group.add_argument("--tls-cert", default="", metavar="FILE", help="certificate to show")
    group.add_argument("--tls-key", default="", metavar="FILE", help="its key, if apart")
    group.add_argument("--insecure", action="store_true", help="do not check certificates")
    group.add_argument("--quiet", action="store_true", help="say nothing on success")
    group.add_argument("--verbose", action="store_true", help="say more when something fails")
    return common


def _check(one: argparse.ArgumentParser) -> None:
    one.add_argument("folder", nargs="?", default=".")
    one.add_argument("-f", "--file", metavar="KITFILE")
    one.add_argument("--profile", choices=PROFILES, default="current")
    one.add_argument(
        "--schema", action="store_true", help="print a JSON Schema of Kitfiles instead"
    )


def _pack(one: argparse.ArgumentParser) -> None:
    one.add_argument("folder", nargs="?", default=".")
    one.add_argument(
        "-t",
        "--tag",
        metavar="REF[,TAG...]",
        help="a tag may hold {version}, {branch}, {sha7} and {date}: demo:{version}-{sha7}",
    )
    one.add_argument("-f", "--file", metavar="KITFILE")
    one.add_argument("--compression", choices=COMPRESSIONS, default="none")
    one.add_argument("--profile", choices=PROFILES, default="current")
    one.add_argument("--no-cache", action="store_true", help="read every file, changed or not")
    one.add_argument(
        "--use-model-pack",
        action="store_true",
        help="write a CNCF ModelPack instead of a ModelKit (kit before 1.10 cannot read it)",
    )
    one.add_argument(
        "--push",
        action="store_true",
        help="send it to the registry of -t while it is packed; new layers are not stored here "
        "(they are, where the registry or --compression needs it: then as pack and push)",
    )
    one.add_argument("--force", action="store_true", help="with --push: move a tag that is taken")


def _unpack(one: argparse.ArgumentParser) -> None:
    one.add_argument("reference", metavar="REF")
    one.add_argument("-d", "--dir", default=".")
    one.add_argument("--filter", action="append", default=[], metavar="TYPE[:NAME]")
    one.add_argument("-o", "--overwrite", action="store_true")
    one.add_argument("-i", "--ignore-existing", action="store_true")


def _push(one: argparse.ArgumentParser) -> None:
    one.add_argument("reference", metavar="REF")
    one.add_argument("destination", nargs="?", metavar="DEST")
    one.add_argument("--force", action="store_true", help="move the tag if it is taken")


def _pull(one: argparse.ArgumentParser) -> None:
    one.add_argument("reference", metavar="REF")


def _tag(one: argparse.ArgumentParser) -> None:
    one.add_argument("reference", metavar="REF")
    one.add_argument("new", metavar="NEW")


def _remove(one: argparse.ArgumentParser) -> None:
    one.add_argument("reference", metavar="REF")
    one.add_argument("--remote", action="store_true", help="in the registry instead")


def _versions(one: argparse.ArgumentParser) -> None:
    one.add_argument("repository", nargs="?")
    one.add_argument("--remote", action="store_true", help="ask the registry as well")


def _inspect(one: argparse.ArgumentParser) -> None:
    one.add_argument("reference", metavar="REF")
    one.add_argument("--remote", action="store_true", help="ask the registry")


def _compare(one: argparse.ArgumentParser) -> None:
    one.add_argument("left", metavar="LEFT")
    one.add_argument("right", metavar="RIGHT")
    one.add_argument("--files", action="store_true", help="list every file that differs")
    one.add_argument("--content", action="store_true", help="say what differs inside the files")
    one.add_argument(
        "--values",
        action="store_true",
        help="the same, and fetch what it takes to compare values of remote files",
    )
    one.add_argument(
        "--key",
        default="",
        metavar="COLUMN[,COLUMN...]",
        help="columns that identify a row of a table",
    )
    one.add_argument("--report", default="", metavar="FILE.html", help="write it as an HTML page")
    one.add_argument("--exit-code", action="store_true", help="exit 1 when they differ")


def _rollback(one: argparse.ArgumentParser) -> None:
    one.add_argument("reference", metavar="REF")
    one.add_argument("folder", nargs="?", default=".")
    one.add_argument("--dry-run", action="store_true", help="only show what would happen")
    one.add_argument("--yes", action="store_true", help="do not ask")


def _restore(one: argparse.ArgumentParser) -> None:
    one.add_argument("reference", metavar="REF")
    one.add_argument("paths", nargs="+", metavar="PATH")
    one.add_argument("--folder", default=".")


def _undo(one: argparse.ArgumentParser) -> None:
    one.add_argument("folder", nargs="?", default=".")


def _verify(one: argparse.ArgumentParser) -> None:
    one.add_argument("reference", metavar="REF")
    one.add_argument("--remote", action="store_true", help="fetch and hash what the registry has")


def _login(one: argparse.ArgumentParser) -> None:
    one.add_argument("host", metavar="HOST")
    one.add_argument("-u", "--user", default="")
    one.add_argument("--password-stdin", action="store_true", help="read it from standard input")


def _logout(one: argparse.ArgumentParser) -> None:
    one.add_argument("host", metavar="HOST")


def _accounts(one: argparse.ArgumentParser) -> None:
    one.add_argument("hosts", nargs="*", metavar="HOST")
    one.add_argument("--find", action="store_true", help="list logins that could be taken over")
    one.add_argument(
        "--import", dest="take", action="store_true", help="take them over (of HOST, or all)"
    )
    one.add_argument(
        "--remember",
        action="store_true",
        help="keep --plain-http, --tls-ca, --tls-cert, --tls-key, --insecure for HOST; "
        "without any of them: forget them",
    )


def _credential_helper(one: argparse.ArgumentParser) -> None:
    one.add_argument("action", choices=("get", "store", "erase", "list", "version"))


def _doctor(one: argparse.ArgumentParser) -> None:
    one.add_argument("host", metavar="HOST")
    one.add_argument("--repository", default="", help="repository to try instead of a probe")


def _history(one: argparse.ArgumentParser) -> None:
    one.add_argument("folder", nargs="?")


def _demo(one: argparse.ArgumentParser) -> None:
    one.add_argument("folder", metavar="DIR")


_OPTIONS = {
    "check": _check,
    "pack": _pack,
    "unpack": _unpack,
    "push": _push,
    "pull": _pull,
    "tag": _tag,
    "remove": _remove,
    "versions": _versions,
    "inspect": _inspect,
    "compare": _compare,
    "rollback": _rollback,
    "restore": _restore,
    "undo": _undo,
    "verify": _verify,
    "login": _login,
    "logout": _logout,
    "accounts": _accounts,
    "credential-helper": _credential_helper,
    "doctor": _doctor,
    "history": _history,
    "demo": _demo,
}
