"""Answers Python's login from a can, as quickly as it can: one connection, one answer.

It is not part of what is measured, so it spares Python everything that the practice provider does.
"""

import json
import socket
from urllib.parse import parse_qs, urlsplit

TOKEN = {"access_token": "a" * 43, "token_type": "Bearer", "expires_in": 3600, "scope": "read:user"}
USER = {"id": 1815, "login": "ada", "name": "Ada Winter", "bio": "Keeps bees and very tidy notebooks."}


def main():
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(listener.getsockname()[1], flush=True)
    while True:
        connection, _ = listener.accept()
        with connection:
            target = read_request(connection)
            connection.sendall(answer(target))


def read_request(connection):
    """Reads head and body, and gives the request's target."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536)
    head, _, body = received.partition(b"\r\n\r\n")
    first_line, *lines = head.decode("ascii").split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    missing = int(headers.get("content-length", 0)) - len(body)
    while missing > 0:
        missing -= len(connection.recv(65536))
    return first_line.split(" ")[1]


def answer(target):
    url = urlsplit(target)
    if url.path == "/authorize":
        asked = parse_qs(url.query)
        location = f"{asked['redirect_uri'][0]}?code={'c' * 43}&state={asked['state'][0]}"
        return wire("302 Found", {"Location": location}, "")
    canned = {"/token": TOKEN, "/user": USER}[url.path]
    return wire("200 OK", {"Content-Type": "application/json"}, json.dumps(canned))


def wire(status, headers, body):
    headers = {**headers, "Content-Length": len(body), "Connection": "close"}
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode("ascii")


main()
