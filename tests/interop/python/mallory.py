"""Python's clients, used as their documentation shows, at a provider that cheats: what each of them did.

What a library did is printed and fails nothing: some of it is the business of the application. The case is that
every trick was played.
"""

import os
import re
import subprocess
import sys
import threading
from importlib.metadata import version

os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

import requests
from authlib.integrations.requests_client import OAuth2Session as AuthlibSession
from oauthlib.oauth2 import WebApplicationClient
from requests_oauthlib import OAuth2Session

REDIRECT_URI = "http://127.0.0.1:8080/callback"
ID, SECRET = "workshop", "workshop-secret"


class Mallory:
    """The provider that cheats, in a process of its own."""

    def __init__(self):
        path = os.path.join(os.environ["INTEROP_BIN"], "provider")
        command = [path, "--like", "mallory", "--port", "0"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            if " is at " in line:
                self.issuer = line.rsplit(" ", 1)[1].strip()
                break
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def redirects(self, url):
        """Plays the browser and the person; gives the redirects to open, the false one first."""
        browser = requests.Session()
        page = browser.get(url)
        fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        answer = browser.post(
            f"{self.issuer}/authorize",
            data={**fields, "person": "ada", "decision": "allow"},
            headers={"Origin": self.issuer},
            allow_redirects=False,
        )
        location = answer.headers["location"]
        if not location.startswith(f"{self.issuer}/mallory/answers"):
            return [location]
        links = re.findall(r'href="([^"]*)"', browser.get(location).text)
        return [link.replace("&amp;", "&") for link in links]

    def outcomes(self):
        report = requests.get(f"{self.issuer}/mallory").text
        return re.findall(r"^([a-z]\S*) +(.*)$", report, re.M)


def oauthlib(issuer):
    client = WebApplicationClient(ID)
    verifier = client.create_code_verifier(64)
    challenge = client.create_code_challenge(verifier, "S256")
    url = client.prepare_request_uri(
        f"{issuer}/authorize",
        redirect_uri=REDIRECT_URI,
        scope=["read:user"],
        state="state-1",
        code_challenge=challenge,
        code_challenge_method="S256",
    )

    def finish(redirect):
        parsed = client.parse_request_uri_response(redirect, state="state-1")
        body = client.prepare_request_body(
            code=parsed["code"], redirect_uri=REDIRECT_URI, client_secret=SECRET, code_verifier=verifier
        )
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        response = requests.post(f"{issuer}/token", data=body, headers=headers)
        client.parse_request_body_response(response.text, scope=["read:user"])
        uri, headers, _ = client.add_token(f"{issuer}/user")
        requests.get(uri, headers=headers).json()

    return url, finish


def requests_oauthlib(issuer):
    session = OAuth2Session(ID, redirect_uri=REDIRECT_URI, scope=["read:user"], pkce="S256")
    url, _ = session.authorization_url(f"{issuer}/authorize")

    def finish(redirect):
        session.fetch_token(f"{issuer}/token", authorization_response=redirect, client_secret=SECRET)
        session.get(f"{issuer}/user").json()

    return url, finish


def authlib(issuer):
    session = AuthlibSession(
        ID, SECRET, scope="read:user", redirect_uri=REDIRECT_URI, code_challenge_method="S256"
    )
    verifier = "a-verifier-of-at-least-forty-three-characters"
    url, state = session.create_authorization_url(f"{issuer}/authorize", code_verifier=verifier)

    def finish(redirect):
        session.fetch_token(
            f"{issuer}/token", authorization_response=redirect, code_verifier=verifier, state=state
        )
        session.get(f"{issuer}/user").json()

    return url, finish


def play(name, log_in):
    mallory = Mallory()
    for _ in range(12):
        url, finish = log_in(mallory.issuer)
        for redirect in mallory.redirects(url):
            try:
                finish(redirect)
                break
            except Exception:
                # It refused this redirect or what came of it, and waits for the next one, if there is one.
                continue
    outcomes = mallory.outcomes()
    mallory.process.terminate()
    for trick, outcome in outcomes:
        print(f"info    {name} at a provider that cheats: {trick}: {outcome}", flush=True)
    played = len(outcomes) == 12 and all(outcome != "not played yet" for _, outcome in outcomes)
    print(f"{'ok     ' if played else 'not ok '} {name} at a provider that cheats: every trick was played")
    return played


CLIENTS = [
    (f"oauthlib {version('oauthlib')} + requests {version('requests')}", oauthlib),
    (f"requests-oauthlib {version('requests-oauthlib')}", requests_oauthlib),
    (f"Authlib client {version('Authlib')}", authlib),
]
sys.exit(0 if all([play(name, log_in) for name, log_in in CLIENTS]) else 1)
