"""The other side of the "login" rows: one login with oauthlib and requests, by their documentation's calls."""

import os
import sys

# The server is on this machine, as in the practice flow; oauthlib asks for this word.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"

import requests
from oauthlib.oauth2 import WebApplicationClient

provider = sys.argv[1]
redirect_uri = "http://127.0.0.1:8080/callback"
client = WebApplicationClient("workshop")

state = client.state_generator()
url = client.prepare_request_uri(
    provider + "/authorize", redirect_uri=redirect_uri, scope=["read:user"], state=state
)
# This program plays the browser too, as `step3 --approve` does.
redirect = requests.get(url, allow_redirects=False).headers["Location"]
client.parse_request_uri_response(redirect, state=state)

body = client.prepare_request_body(redirect_uri=redirect_uri, client_secret="workshop-secret")
form = {"Content-Type": "application/x-www-form-urlencoded"}
response = requests.post(provider + "/token", data=body, headers=form)
client.parse_request_body_response(response.text)

url, headers, body = client.add_token(provider + "/user")
user = requests.get(url, headers=headers, data=body).json()
print(user["name"])
