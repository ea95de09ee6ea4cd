"""A small HTTP service of a recording: a few workers, answers that take a while, and a shutdown that loses nothing.

    http_service.py ADDRESS PORT

On SIGTERM it takes what waits in its accept queue and closes its listener. The next request of each connection is its
last one and answered so; a connection that asks nothing more is closed after a while. Then it exits.

It writes a line of JSON for everything that is known afterwards: [port of the client, what]. "accepted" comes first, then
what ended the connection for the service, with the words of samples/README.md.
"""

import json
import select
import signal
import socket
import sys
import threading
import time

WORKERS = threading.Semaphore(2)
WORK_S = 0.03
GRACE_S = 0.4
POLL_MS = 20
TELLING = threading.Lock()
draining = threading.Event()


def tell(port, what):
    with TELLING:
        print(json.dumps([port, what]), flush=True)


def answer(is_last):
    head = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n" + ("Connection: close\r\n" if is_last else "")
    return f"{head}\r\nok\n".encode()


def serve(s, port):
    """Answers the requests of one connection. One that waits for a worker stays unread; to notice an end takes none."""
    poll = select.poll()
    poll.register(s, select.POLLIN)
    idle_since = time.monotonic()
    while True:
        if poll.poll(POLL_MS):
            if not s.recv(1, socket.MSG_PEEK):
                return tell(port, "eof")
            with WORKERS:
                s.recv(4096)
                time.sleep(WORK_S)
                is_last = draining.is_set()
                s.sendall(answer(is_last))
            idle_since = time.monotonic()
            if is_last:
                return tell(port, "closed_itself")
        elif draining.is_set() and time.monotonic() - idle_since > GRACE_S:
            return tell(port, "closed_itself")


def connection(s, port):
    try:
        with s:
            serve(s, port)
    except OSError as error:
        tell(port, type(error).__name__)


def accept(listener):
    """Takes the next connection; False when none waits."""
    try:
        s, (_, port, *_) = listener.accept()
    except BlockingIOError:
        return False
    s.setblocking(True)
    tell(port, "accepted")
    threading.Thread(target=connection, args=(s, port)).start()
    return True


def main():
    address, port = sys.argv[1], int(sys.argv[2])
    signal.signal(signal.SIGTERM, lambda *_: draining.set())
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen(64)
        listener.setblocking(False)
        tell(0, "listening")
        poll = select.poll()
        poll.register(listener, select.POLLIN)
        while not draining.is_set():
            if poll.poll(POLL_MS):
                accept(listener)
        while accept(listener):
            pass


main()
