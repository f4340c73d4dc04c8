"""An authorization server built with Authlib on Flask, as its documentation builds one."""

import logging
import socket
import sys
import time
from types import SimpleNamespace

from authlib.integrations.flask_oauth2 import AuthorizationServer, ResourceProtector, current_token
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, TokenMixin, grants
from authlib.oauth2.rfc6750 import BearerTokenValidator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc9207 import IssuerParameter
from flask import Flask, jsonify, request
from werkzeug.serving import make_server

ODD_SECRET = "odd secret: +%&=/ü"
USER = SimpleNamespace(id=7)
CODES, TOKENS = {}, {}


class Client(ClientMixin):
    def __init__(self, client_id, secret, method):
        self.client_id, self.secret, self.method = client_id, secret, method

    def get_client_id(self):
        return self.client_id

    def get_default_redirect_uri(self):
        return None

    def get_allowed_scope(self, scope):
        return " ".join(word for word in (scope or "").split() if word in ("profile", "email"))

    def check_redirect_uri(self, redirect_uri):
        # Any port on loopback, as RFC 8252 §7.3 has it.
        before, _, rest = redirect_uri.partition("127.0.0.1:")
        return before == "http://" and rest.partition("/")[2] in ("callback", "callback?tenant=a%20b")

    def check_client_secret(self, client_secret):
        return self.secret == client_secret

    def check_endpoint_auth_method(self, method, endpoint):
        return self.method == method

    def check_response_type(self, response_type):
        return response_type == "code"

    def check_grant_type(self, grant_type):
        return grant_type == "authorization_code"


CLIENTS = {
    client.client_id: client
    for client in [
        Client("with-post", "the-secret-of-post", "client_secret_post"),
        Client("with-basic", "the-secret-of-basic", "client_secret_basic"),
        Client("odd-client", ODD_SECRET, "client_secret_basic"),
        Client("odd-client-post", ODD_SECRET, "client_secret_post"),
        Client("without", "", "none"),
    ]
}


class Code(AuthorizationCodeMixin):
    def __init__(self, code, question):
        payload = question.payload
        self.code, self.user = code, question.user
        self.client_id, self.redirect_uri = payload.client_id, payload.redirect_uri
        self.scope = payload.scope
        self.code_challenge = payload.data.get("code_challenge")
        self.code_challenge_method = payload.data.get("code_challenge_method")

    def get_redirect_uri(self):
        return self.redirect_uri

    def get_scope(self):
        return self.scope


class Token(TokenMixin):
    def __init__(self, token):
        self.token, self.until = token, time.time() + token["expires_in"]

    def get_scope(self):
        return self.token.get("scope", "")

    def is_expired(self):
        return time.time() > self.until

    def is_revoked(self):
        return False


class AuthorizationCodeGrant(grants.AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post", "none"]

    def save_authorization_code(self, code, request):
        CODES[code] = Code(code, request)

    def query_authorization_code(self, code, client):
        found = CODES.get(code)
        return found if found and found.client_id == client.client_id else None

    def delete_authorization_code(self, authorization_code):
        CODES.pop(authorization_code.code, None)

    def authenticate_user(self, authorization_code):
        return USER


class Validator(BearerTokenValidator):
    def authenticate_token(self, token_string):
        return TOKENS.get(token_string)


def application(issuer):
    app = Flask(__name__)
    server = AuthorizationServer(
        app,
        query_client=CLIENTS.get,
        save_token=lambda token, request: TOKENS.update({token["access_token"]: Token(token)}),
    )
    server.register_grant(AuthorizationCodeGrant, [CodeChallenge(required=True)])

    class Issuer(IssuerParameter):
        def get_issuer(self):
            return issuer

    server.register_extension(Issuer())
    protect = ResourceProtector()
    protect.register_token_validator(Validator())

    @app.route("/oauth/authorize", methods=["GET", "POST"])
    def authorize():
        try:
            grant = server.get_consent_grant(end_user=USER)
        except OAuth2Error as error:
            return server.handle_error_response(server.create_oauth2_request(None), error)
        if request.method == "GET":
            return '<form method="post"><button name="confirm" value="yes">Allow</button></form>'
        allowed = USER if request.form.get("confirm") == "yes" else None
        return server.create_authorization_response(grant=grant, grant_user=allowed)

    @app.route("/oauth/token", methods=["POST"])
    def token():
        return server.create_token_response()

    @app.route("/api/me")
    @protect("profile")
    def me():
        return jsonify(id=USER.id, name="Grace Hopper", bio=None, scope=current_token.get_scope())

    return app


if __name__ == "__main__":
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    issuer = f"http://127.0.0.1:{port}"
    server = make_server("127.0.0.1", port, application(issuer), threaded=True)
    print(f"listening at {issuer}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)
