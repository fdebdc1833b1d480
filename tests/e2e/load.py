# SPDX-License-Identifier: BSD-2-Clause
"""Clients that fetch files in parallel, compare every byte, and sometimes misbehave."""
import random
import socket
import struct
import threading
import time


class Clients:
    """Runs `count` clients until stop(). Use as a context; leaving it fails if any client got a wrong answer."""

    def __init__(self, web, files, count=16, mixed=False, seed=1):
        self.web = web
        self.fetched = 0
        self.aborted = 0
        self.faults = []
        self._content = {file.name: file.content() for file in files}
        self._names = sorted(self._content)
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(random.Random(seed * 1000 + index), mixed), daemon=True)
                         for index in range(count)]

    def __enter__(self):
        self._started = time.monotonic()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind, *_):
        self.stop()
        if kind is None:
            self.require_right()

    def stop(self):
        self._over.set()
        for thread in self._threads:
            thread.join(60)

    def require_right(self):
        assert not self.faults, "%d of %d answers wrong, first: %s" % (len(self.faults), self.fetched, self.faults[0])
        assert not any(thread.is_alive() for thread in self._threads), "a client hangs"

    def _run(self, chance, mixed):
        connection = None
        while not self._over.is_set():
            doing = "connecting"
            try:
                if connection is None:
                    connection = self.web.connection()
                    connection.connect()
                doing = "asking"
                kind = chance.random() if mixed else 1.0
                if kind < 0.05:
                    doing = "leaving"
                    self._abort(chance)
                elif kind < 0.10:
                    self._miss(connection)
                else:
                    self._fetch(connection, chance.choice(self._names))
                if mixed and chance.random() < 0.1:
                    connection.close()
                    connection = None
            except Exception as error:
                self._fault("%s after %d s: %s: %s" % (doing, time.monotonic() - self._started, type(error).__name__, error))
                connection = None
                time.sleep(0.05)
        if connection is not None:
            connection.close()

    def _fetch(self, connection, name):
        answer = self.web.fetch(name, connection)
        if answer.status != 200 or answer.body != self._content[name]:
            self._fault("%s: status %d, %d bytes, %s" % (name, answer.status, len(answer.body),
                                                         "right" if answer.body == self._content[name] else "wrong"))
        with self._lock:
            self.fetched += 1

    def _miss(self, connection):
        answer = self.web.ask("/no such thing".replace(" ", "%20"), connection=connection)
        if answer.status != 404:
            self._fault("a file that is not there: status %d" % answer.status)

    def _abort(self, chance):
        """Asks for the largest file and goes away with a reset."""
        name = max(self._names, key=lambda one: len(self._content[one]))
        with self.web.socket() as stream:
            stream.sendall(b"GET /%s HTTP/1.1\r\nHost: x\r\n\r\n" % name.encode())
            stream.recv(1 + chance.randrange(30000))
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        with self._lock:
            self.aborted += 1

    def _fault(self, text):
        with self._lock:
            self.faults.append(text)
