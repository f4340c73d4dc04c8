"""Python's clients, used as their documentation shows, against our practice provider."""

import os
import re
import subprocess
import sys
import threading

# oauthlib and Authlib want to be told that http is meant; it is loopback.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session as AuthlibSession
from oauthlib.oauth2 import OAuth2Error, WebApplicationClient
from requests_oauthlib import OAuth2Session

REDIRECT_URI = "http://127.0.0.1:8080/callback"
ID, SECRET = "workshop", "workshop-secret"
failed = 0


def start_provider():
    path = os.path.join(os.environ["INTEROP_BIN"], "provider")
    process = subprocess.Popen([path, "--port", "0"], stdout=subprocess.PIPE, text=True)
    issuer = process.stdout.readline().rsplit(" ", 1)[1].strip()
    # It shows every request; somebody has to read on, or it waits.
    threading.Thread(target=process.stdout.read, daemon=True).start()
    return process, issuer


def case(between):
    """Runs a function as a case; its docstring is its name."""

    def run(body):
        global failed
        try:
            body()
            print(f"ok      {between} -> practice provider: {body.__doc__}", flush=True)
        except Exception as error:
            failed += 1
            reason = f"{type(error).__name__}: {error}".replace("\n", "\n        ")
            print(f"not ok  {between} -> practice provider: {body.__doc__}\n        {reason}", flush=True)

    return run


def click(url, decision="allow"):
    """Plays the browser and the person; gives the redirect."""
    browser = requests.Session()
    page = browser.get(url, allow_redirects=False)
    if page.status_code != 200:
        return page
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    answer = browser.post(
        f"{ISSUER}/authorize",
        data={**fields, "person": "ada", "decision": decision},
        headers={"Origin": ISSUER},
        allow_redirects=False,
    )
    assert answer.status_code == 303, answer.text
    return answer


def expect(error, call):
    """The call has to fail with this OAuth error."""
    try:
        call()
    except (OAuth2Error, OAuthError) as caught:
        assert caught.error == error, f"{caught.error} and not {error}"
        return
    raise AssertionError(f"it was let through, without {error}")


def assert_unknown_token(response):
    assert response.status_code == 401, response.status_code
    assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]


PROCESS, ISSUER = start_provider()
AUTHORIZE, TOKEN, USER = f"{ISSUER}/authorize", f"{ISSUER}/token", f"{ISSUER}/user"

# --- oauthlib and requests -----------------------------------------------------------------------


class Oauthlib:
    """The calls of oauthlib's documentation, in order, each with a way to go wrong."""

    def __init__(self, pkce=True, client_id=ID):
        self.client = WebApplicationClient(client_id)
        self.challenge = {}
        if pkce:
            verifier = self.client.create_code_verifier(64)
            challenge = self.client.create_code_challenge(verifier, "S256")
            self.challenge = {"code_challenge": challenge, "code_challenge_method": "S256"}

    def request_uri(self, redirect_uri=REDIRECT_URI):
        return self.client.prepare_request_uri(
            AUTHORIZE, redirect_uri=redirect_uri, scope=["read:user"], state="state-1", **self.challenge
        )

    def fetch(self, redirect, redirect_uri=REDIRECT_URI, secret=SECRET, verifier=None):
        parsed = self.client.parse_request_uri_response(redirect, state="state-1")
        extra = {"client_secret": secret} if secret else {}
        if self.challenge:
            extra["code_verifier"] = verifier or self.client.code_verifier
        body = self.client.prepare_request_body(
            code=parsed["code"], redirect_uri=redirect_uri, include_client_id=True, **extra
        )
        response = requests.post(
            TOKEN, data=body, headers={"Content-Type": "application/x-www-form-urlencoded"}
        )
        return self.client.parse_request_body_response(response.text, scope=["read:user"])

    def user(self):
        uri, headers, _ = self.client.add_token(USER)
        return requests.get(uri, headers=headers)


def oauthlib_round(**how):
    secret = how.pop("secret", SECRET)
    client = Oauthlib(**how)
    token = client.fetch(click(client.request_uri()).headers["location"], secret=secret)
    assert token["token_type"] == "Bearer" and token.scope == "read:user", token
    assert client.user().json()["name"] == "Ada Winter"


@case("oauthlib + requests")
def _():
    "request URI, parsed redirect, body, parsed token, bearer header, user"
    oauthlib_round(pkce=False)


@case("oauthlib + requests")
def _():
    "the same with PKCE, and as a public client"
    oauthlib_round()
    oauthlib_round(client_id="workshop-public", secret=None)


@case("oauthlib + requests")
def _():
    "Deny"
    client = Oauthlib()
    location = click(client.request_uri(), "deny").headers["location"]
    expect("access_denied", lambda: client.fetch(location))


@case("oauthlib + requests")
def _():
    "used code"
    client = Oauthlib()
    location = click(client.request_uri()).headers["location"]
    client.fetch(location)
    expect("invalid_grant", lambda: client.fetch(location))


@case("oauthlib + requests")
def _():
    "wrong redirect URI, at either endpoint"
    client = Oauthlib()
    page = click(client.request_uri(f"{REDIRECT_URI}/"))
    assert page.status_code == 400 and "location" not in page.headers
    location = click(client.request_uri()).headers["location"]
    expect("invalid_grant", lambda: client.fetch(location, redirect_uri="http://127.0.0.1:1/callback"))


@case("oauthlib + requests")
def _():
    "wrong code verifier"
    client = Oauthlib()
    location = click(client.request_uri()).headers["location"]
    expect("invalid_grant", lambda: client.fetch(location, verifier="x" * 43))


@case("oauthlib + requests")
def _():
    "wrong secret"
    client = Oauthlib()
    location = click(client.request_uri()).headers["location"]
    expect("invalid_client", lambda: client.fetch(location, secret="wrong"))


@case("oauthlib + requests")
def _():
    "bad access token"
    client = Oauthlib()
    client.client.access_token = "no-such-token"
    assert_unknown_token(client.user())


# --- requests-oauthlib ---------------------------------------------------------------------------


def session(pkce="S256", redirect_uri=REDIRECT_URI):
    return OAuth2Session(ID, redirect_uri=redirect_uri, scope=["read:user"], pkce=pkce)


def redirected(session, decision="allow"):
    url, _ = session.authorization_url(AUTHORIZE)
    return click(url, decision).headers["location"]


def fetch(session, location, secret=SECRET, **how):
    return session.fetch_token(TOKEN, authorization_response=location, client_secret=secret, **how)


@case("requests-oauthlib")
def _():
    "without PKCE and with it, the secret as Basic and in the body"
    for pkce in (None, "S256"):
        for how in ({}, {"include_client_id": True}):
            one = session(pkce)
            fetch(one, redirected(one), **how)
            assert one.get(USER).json()["name"] == "Ada Winter"


@case("requests-oauthlib")
def _():
    "a refresh token is exchanged"
    one = session()
    token = fetch(one, redirected(one))
    fresh = one.refresh_token(TOKEN, token["refresh_token"], auth=(ID, SECRET))
    assert fresh["refresh_token"] != token["refresh_token"]
    assert one.get(USER).json()["id"] == 1815


@case("requests-oauthlib")
def _():
    "Deny"
    one = session()
    location = redirected(one, "deny")
    expect("access_denied", lambda: fetch(one, location))


@case("requests-oauthlib")
def _():
    "used code"
    one = session()
    location = redirected(one)
    fetch(one, location)
    expect("invalid_grant", lambda: fetch(one, location))


@case("requests-oauthlib")
def _():
    "wrong redirect URI"
    one = session()
    location = redirected(one)
    one.redirect_uri = "http://127.0.0.1:1/callback"
    expect("invalid_grant", lambda: fetch(one, location))


@case("requests-oauthlib")
def _():
    "wrong code verifier, and one where no challenge was"
    one = session()
    location = redirected(one)
    one._code_verifier = "x" * 43
    expect("invalid_grant", lambda: fetch(one, location))
    plain = session(None)
    location = redirected(plain)
    expect("invalid_grant", lambda: fetch(plain, location, code_verifier="x" * 43))


@case("requests-oauthlib")
def _():
    "wrong secret"
    one = session()
    location = redirected(one)
    expect("invalid_client", lambda: fetch(one, location, secret="wrong"))


@case("requests-oauthlib")
def _():
    "bad access token"
    one = session()
    one.token = {"access_token": "no-such-token", "token_type": "Bearer"}
    assert_unknown_token(one.get(USER))


# --- Authlib's client ----------------------------------------------------------------------------


def authlib(method="client_secret_basic", secret=SECRET, client_id=ID, **how):
    return AuthlibSession(
        client_id,
        secret,
        scope="read:user",
        redirect_uri=REDIRECT_URI,
        code_challenge_method="S256",
        token_endpoint_auth_method=method,
        **how,
    )


VERIFIER = "a-verifier-of-at-least-forty-three-characters"


def authlib_redirect(one, decision="allow"):
    url, _ = one.create_authorization_url(AUTHORIZE, code_verifier=VERIFIER, state="state-2")
    return click(url, decision).headers["location"]


def authlib_fetch(one, location, verifier=VERIFIER, **how):
    return one.fetch_token(
        TOKEN, authorization_response=location, code_verifier=verifier, state="state-2", **how
    )


@case("Authlib client")
def _():
    "Basic, in the body, and public"
    for one in (
        authlib(),
        authlib("client_secret_post"),
        authlib("none", secret=None, client_id="workshop-public"),
    ):
        authlib_fetch(one, authlib_redirect(one))
        assert one.get(USER).json()["name"] == "Ada Winter"


@case("Authlib client")
def _():
    "quirk: Deny is not read from the redirect; the token endpoint then refuses another grant"
    one = authlib()
    location = authlib_redirect(one, "deny")
    assert "error=access_denied" in location, location
    expect("unsupported_grant_type", lambda: authlib_fetch(one, location))


@case("Authlib client")
def _():
    "used code"
    one = authlib()
    location = authlib_redirect(one)
    authlib_fetch(one, location)
    expect("invalid_grant", lambda: authlib_fetch(one, location))


@case("Authlib client")
def _():
    "wrong redirect URI"
    one = authlib()
    location = authlib_redirect(one)
    one.redirect_uri = "http://127.0.0.1:1/callback"
    expect("invalid_grant", lambda: authlib_fetch(one, location))


@case("Authlib client")
def _():
    "wrong code verifier"
    one = authlib()
    location = authlib_redirect(one)
    expect("invalid_grant", lambda: authlib_fetch(one, location, verifier="x" * 43))


@case("Authlib client")
def _():
    "wrong secret"
    one = authlib(secret="wrong")
    location = authlib_redirect(one)
    expect("invalid_client", lambda: authlib_fetch(one, location))


@case("Authlib client")
def _():
    "bad access token"
    one = authlib(token={"access_token": "no-such-token", "token_type": "Bearer"})
    assert_unknown_token(one.get(USER))


@case("Authlib client")
def _():
    "a revoked refresh token ends the access token, and can be revoked again"
    for method in ("client_secret_basic", "client_secret_post"):
        one = authlib(method)
        token = authlib_fetch(one, authlib_redirect(one))
        for _ in range(2):
            answer = one.revoke_token(
                f"{ISSUER}/revoke", token=token["refresh_token"], token_type_hint="refresh_token"
            )
            assert answer.status_code == 200, answer.text
        assert_unknown_token(one.get(USER))


@case("Authlib client")
def _():
    "a token of another client is not revoked"
    one, other = authlib(), authlib("none", secret=None, client_id="workshop-public")
    token = authlib_fetch(one, authlib_redirect(one))
    answer = other.revoke_token(f"{ISSUER}/revoke", token=token["access_token"])
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant"), answer.text
    assert one.get(USER).json()["name"] == "Ada Winter"


PROCESS.terminate()
sys.exit(1 if failed else 0)
