# SPDX-License-Identifier: BSD-2-Clause
"""The outside's view of the HTTP kernel: requests, their answers, and the counters of its status page."""
import hashlib
import http.client
import json
import socket
import subprocess
import time
import urllib.parse
from dataclasses import dataclass

from guest import PATIENCE, GuestError

TIMEOUT_SECONDS = 30 * PATIENCE


@dataclass
class Answer:
    status: int
    headers: dict
    body: bytes

    def digest(self):
        return hashlib.sha256(self.body).hexdigest()


class Web:
    """Talks to the HTTP server of a guest."""

    def __init__(self, guest):
        self.guest = guest
        self.host, self.port = guest.network.address()

    def url(self, name=""):
        return "http://%s:%d/%s" % (self.host, self.port, urllib.parse.quote(name))

    def connection(self, timeout_seconds=TIMEOUT_SECONDS):
        return http.client.HTTPConnection(self.host, self.port, timeout=timeout_seconds)

    def socket(self, timeout_seconds=TIMEOUT_SECONDS):
        return socket.create_connection((self.host, self.port), timeout=timeout_seconds)

    def ask(self, path="/", method="GET", connection=None, headers={}):
        """Sends one request and returns the Answer; path is percent-encoded already."""
        own = connection or self.connection()
        try:
            own.request(method, path, headers=headers)
            answer = own.getresponse()
            return Answer(answer.status, {key.lower(): value for key, value in answer.getheaders()}, answer.read())
        finally:
            if connection is None:
                own.close()

    def fetch(self, name, connection=None):
        """Returns the Answer for a file of the archive."""
        return self.ask("/" + urllib.parse.quote(name), connection=connection)

    def raw(self, request):
        """Sends bytes as they are and returns everything that comes until the server closes."""
        with self.socket() as stream:
            stream.sendall(request)
            parts = []
            while part := stream.recv(65536):
                parts.append(part)
            return b"".join(parts)

    def curl(self, *arguments, timeout_seconds=300):
        """Runs the real curl; returns its exit status and what it printed."""
        done = subprocess.run(["curl", "--silent", "--show-error", "--globoff", "--noproxy", "*", *arguments], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout_seconds * PATIENCE)
        return done.returncode, done.stdout.decode(errors="replace")

    def status(self):
        """Returns the status page as a dictionary."""
        answer = self.ask("/status.json")
        if answer.status != 200:
            raise GuestError("/status.json answers %d" % answer.status)
        return json.loads(answer.body)

    def wait_until_it_answers(self, timeout_seconds=60):
        """Waits until requests for the root are answered with something else than "still reading"."""
        def answered():
            # A short wait for each: a segment that comes before the link is up is lost, and its sender backs off.
            connection = self.connection(timeout_seconds=PATIENCE)
            try:
                answer = self.ask("/", connection=connection)
            except (OSError, http.client.HTTPException):
                return None
            finally:
                connection.close()
            loading = answer.status == 503 and b"still being read" in answer.body
            return None if loading else answer
        return self.guest.wait_for(answered, "no answer from the HTTP server", timeout_seconds)

    def wait_until_quiet(self, timeout_seconds=30):
        """Waits until only the connection that asks is open and all that others held is back; returns the status then."""
        last = {}

        def quiet():
            try:
                last.update(self.status())
            except (OSError, http.client.HTTPException, GuestError):
                # Too many connections still: it is refused, or answered with 503.
                return None
            # A buffer is free again only after the card has sent what lies in it.
            memory = last["example_memory"]
            back = memory["file_buffers_free"] == memory["file_buffers"] and last["disk"]["in_flight"] == 0
            return last if back and last["server"]["connections_active"] <= 1 else None
        try:
            return self.guest.wait_for(quiet, "all quiet", timeout_seconds)
        except GuestError as error:
            raise GuestError("%s: %s" % (error, {name: last.get(name) for name in ("server", "disk", "example_memory")})) from None
