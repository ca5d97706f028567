"""The command line as design.md section 5 has it."""

from __future__ import annotations

import argparse

from kitdesk import __version__

PROFILES = ("current", "kit-1.11", "kit-1.7")
COMPRESSIONS = ("none", "gzip", "gzip-fastest", "zstd")
VERBS = (
    "check pack unpack push pull tag remove versions inspect compare rollback undo restore verify "
    "history login logout accounts doctor demo tour"
).split()


def build() -> argparse.ArgumentParser:
    """All verbs with their options."""
    common = argparse.ArgumentParser(add_help=False)
    group = common.add_argument_group("common options")
    group.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    group.add_argument("--plain-http", action="store_true", default=None, help="no TLS")
    group.add_argument("--tls-ca", default="", metavar="FILE", help="certificates to trust")
    group.add_argument("--tls-cert", default="", metavar="FILE", help="certificate to show")
    group.add_argument("--tls-key", default="", metavar="FILE", help="its key, if apart")
    group.add_argument("--insecure", action="store_true", help="do not check certificates")
    group.add_argument("--quiet", action="store_true", help="say nothing on success")
    group.add_argument("--verbose", action="store_true", help="say more when something fails")

    parser = argparse.ArgumentParser(
        prog="kitdesk",
        description="Versions of a machine-learning project, as ModelKits. "
        "Without a verb: kitdesk [FOLDER] opens the window.",
    )
    parser.add_argument("--version", action="version", version=f"kitdesk {__version__}")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)

    def verb(name: str, text: str) -> argparse.ArgumentParser:
        return verbs.add_parser(name, help=text, description=text, parents=[common])

    one = verb("check", "Validate the Kitfile.")
    one.add_argument("folder", nargs="?", default=".")
    one.add_argument("-f", "--file", metavar="KITFILE")
    one.add_argument("--profile", choices=PROFILES, default="current")
    one.add_argument(
        "--schema", action="store_true", help="print a JSON Schema of Kitfiles instead"
    )

    one = verb("pack", "Freeze a folder as a version.")
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

    one = verb("unpack", "Write a version's files into a folder.")
    one.add_argument("reference", metavar="REF")
    one.add_argument("-d", "--dir", default=".")
    one.add_argument("--filter", action="append", default=[], metavar="TYPE[:NAME]")
    one.add_argument("-o", "--overwrite", action="store_true")
    one.add_argument("-i", "--ignore-existing", action="store_true")

    one = verb("push", "Send a version to a registry or folder.")
    one.add_argument("reference", metavar="REF")
    one.add_argument("destination", nargs="?", metavar="DEST")
    one.add_argument("--force", action="store_true", help="move the tag if it is taken")

    one = verb("pull", "Fetch a version into the local store.")
    one.add_argument("reference", metavar="REF")

    one = verb("tag", "Give a version one more name.")
    one.add_argument("reference", metavar="REF")
    one.add_argument("new", metavar="NEW")

    one = verb("remove", "Delete a version, or one of its tags.")
    one.add_argument("reference", metavar="REF")
    one.add_argument("--remote", action="store_true", help="in the registry instead")

    one = verb("versions", "List versions, local and remote.")
    one.add_argument("repository", nargs="?")
    one.add_argument("--remote", action="store_true", help="ask the registry as well")

    one = verb("inspect", "Show manifest, config and Kitfile of a version.")
    one.add_argument("reference", metavar="REF")
    one.add_argument("--remote", action="store_true", help="ask the registry")

    one = verb("compare", "Say what differs between two versions, or a version and a folder.")
    one.add_argument("left", metavar="LEFT")
    one.add_argument("right", metavar="RIGHT")
    one.add_argument("--files", action="store_true", help="list every file that differs")
    one.add_argument("--content", action="store_true", help="show what differs inside texts")
    one.add_argument("--exit-code", action="store_true", help="exit 1 when they differ")

    one = verb("rollback", "Take a folder back to a version, exactly.")
    one.add_argument("reference", metavar="REF")
    one.add_argument("folder", nargs="?", default=".")
    one.add_argument("--dry-run", action="store_true", help="only show what would happen")
    one.add_argument("--yes", action="store_true", help="do not ask")

    one = verb("restore", "Bring single files or folders back from a version.")
    one.add_argument("reference", metavar="REF")
    one.add_argument("paths", nargs="+", metavar="PATH")
    one.add_argument("--folder", default=".")

    one = verb("undo", "Undo the last rollback, restore or overwriting unpack of a folder.")
    one.add_argument("folder", nargs="?", default=".")

    one = verb("verify", "Hash every blob of a version again.")
    one.add_argument("reference", metavar="REF")
    one.add_argument("--remote", action="store_true", help="fetch and hash what the registry has")

    one = verb("login", "Sign in to a registry; the password goes into the keyring.")
    one.add_argument("host", metavar="HOST")
    one.add_argument("-u", "--user", default="")
    one.add_argument("--password-stdin", action="store_true", help="read it from standard input")

    one = verb("logout", "Forget the password of a registry.")
    one.add_argument("host", metavar="HOST")

    one = verb(
        "accounts",
        "List accounts and how hosts are spoken to; take over logins of docker, podman and kit.",
    )
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

    one = verb("doctor", "Try everything KitDesk needs of a registry.")
    one.add_argument("host", metavar="HOST")
    one.add_argument("--repository", default="", help="repository to try instead of a probe")

    one = verb("history", "What was done, newest first.")
    one.add_argument("folder", nargs="?")

    one = verb("demo", "Write the sample project.")
    one.add_argument("folder", metavar="DIR")

    verb("tour", "The whole story on the sample: no network, no window.")
    return parser
