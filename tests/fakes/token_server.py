"""A sign-in service for a registry with token authentication: real JWTs, short lives."""

from __future__ import annotations

import base64
import datetime
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.x509.oid import NameOID

ISSUER, SERVICE = "kitdesk-tests", "registry"


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class TokenServer:
    """Gives ``user`` pull and push, nobody anything; counts what it was asked."""

    def __init__(self, folder: Path, user: str, password: str) -> None:
        self.user, self.password = user, password
        self.identity = ""
        """An identity (refresh) token that is taken as well."""
        self.life = 300
        self.asked: list[dict[str, list[str]]] = []
        self.given: list[str] = []
        """Every token that was handed out."""
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._certificate = self._signed()
        self.bundle = folder / "bundle.pem"
        self.bundle.write_bytes(self._certificate.public_bytes(serialization.Encoding.PEM))
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer._answer(self)

            def do_POST(self) -> None:
                outer._exchange(self)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.realm = f"http://127.0.0.1:{self._server.server_port}/token"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def _signed(self) -> x509.Certificate:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, ISSUER)])
        now = datetime.datetime.now(datetime.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self._key.public_key())
            .serial_number(1)
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(self._key, hashes.SHA256())
        )

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        query = parse_qs(urlsplit(request.path).query)
        self.asked.append(query)
        given = request.headers.get("Authorization", "")
        right = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        if given and given != f"Basic {right}":
            request.send_response(401)
            request.end_headers()
            return
        self._give(request, query, "token", allowed=bool(given))

    def _exchange(self, request: BaseHTTPRequestHandler) -> None:
        """OAuth2: an identity token for an access token (distribution, auth/oauth)."""
        form = request.rfile.read(int(request.headers["Content-Length"])).decode()
        fields = parse_qs(form)
        self.asked.append(fields)
        right = fields.get("grant_type") == ["refresh_token"]
        if not right or not self.identity or fields.get("refresh_token") != [self.identity]:
            request.send_response(401)
            request.end_headers()
            return
        fields["scope"] = fields.get("scope", [""])[0].split()
        self._give(request, fields, "access_token", allowed=True)

    def _give(
        self,
        request: BaseHTTPRequestHandler,
        query: dict[str, list[str]],
        name: str,
        *,
        allowed: bool,
    ) -> None:
        self.given.append(self._token(query, allowed=allowed))
        body = json.dumps({name: self.given[-1], "expires_in": self.life}).encode()
        request.send_response(200)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def _token(self, query: dict[str, list[str]], *, allowed: bool) -> str:
        access = []
        for scope in query.get("scope", []):
            kind, name, actions = scope.split(":")
            granted = actions.split(",") if allowed else []
            access.append({"type": kind, "name": name, "actions": granted})
        der = self._certificate.public_bytes(serialization.Encoding.DER)
        head = {"typ": "JWT", "alg": "ES256", "x5c": [base64.b64encode(der).decode()]}
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "sub": self.user,
            "aud": SERVICE,
            "exp": now + self.life,
            "nbf": now - 5,
            "iat": now,
            "jti": str(now),
            "access": access,
        }
        text = f"{b64(json.dumps(head).encode())}.{b64(json.dumps(claims).encode())}"
        signature = self._key.sign(text.encode(), ec.ECDSA(hashes.SHA256()))
        r, s = utils.decode_dss_signature(signature)
        return f"{text}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
