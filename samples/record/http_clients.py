"""The clients of an HTTP service of a recording: each sends a few requests on a connection, closes it, and opens the next.

    http_clients.py ADDRESS PORT CLIENTS SECONDS

One of them asks once and then keeps its connection. A client that is refused, or loses its connection, tries again.

It writes a line of JSON for every connection: its port, what ended it for the client, with the words of samples/README.md,
and since when a request was open then (CLOCK_REALTIME in ns, 0 for none).
"""

import errno
import json
import random
import select
import socket
import sys
import threading
import time

REQUESTS = 3
THINK_S = (0.005, 0.03)
KEEP_S = 1.4
RETRY_S = 0.4
REQUEST = b"GET /item HTTP/1.1\r\nHost: service\r\n\r\n"
TELLING = threading.Lock()


def is_over(s, seconds):
    """Whether the other side ends the connection while the client thinks."""
    poll = select.poll()
    poll.register(s, select.POLLIN)
    return bool(poll.poll(seconds * 1000)) and not s.recv(4096)


def session(s, requests, think, progress):
    """Requests and answers; returns what ended the connection. `progress` knows since when a request is open."""
    for _ in range(requests):
        progress["open_since_ns"] = time.time_ns()
        s.sendall(REQUEST)
        answer = s.recv(4096)
        if not answer:
            return "eof"
        progress["open_since_ns"] = 0
        if b"Connection: close" in answer:
            while s.recv(4096):
                pass
            return "eof"
        if is_over(s, think()):
            return "eof"
    return "closed_itself"


def connection(address, port, requests, think):
    """One connection from the SYN on; returns whether it ended as planned."""
    progress = {"open_since_ns": 0}
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as s:
        s.bind(("::" if ":" in address else "0.0.0.0", 0))
        own = s.getsockname()[1]
        try:
            s.connect((address, port))
            seen = session(s, requests, think, progress)
        except OSError as error:
            seen = errno.errorcode[error.errno]
    with TELLING:
        print(json.dumps({"port": own, "sees": seen, **progress}), flush=True)
    return seen == "closed_itself"


def client(number, address, port, until):
    chance = random.Random(number)
    while time.monotonic() < until:
        if number == 0:
            went_well = connection(address, port, 1, lambda: KEEP_S)
        else:
            went_well = connection(address, port, REQUESTS, lambda: chance.uniform(*THINK_S))
        time.sleep(chance.uniform(*THINK_S) if went_well else RETRY_S)


def main():
    address, port, clients, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=client, args=(number, address, port, until)) for number in range(clients)]
    for thread in threads:
        thread.start()
        time.sleep(0.02)


main()
