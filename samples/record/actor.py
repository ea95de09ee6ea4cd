"""One process of a recording: it holds sockets and does with them what it is told, until it is told to stop or killed.

Reads one JSON array a line, [name, method, arguments...], and answers each with one JSON value. It exists so that what
dies, closes, stalls or forgets to close is a real process with real sockets: the kernel does the rest.
"""

import errno
import json
import os
import socket
import struct
import sys
import time

SOCKETS = {}


def listen(name, family, port, backlog, address):
    s = socket.socket(family)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind((address, port))
    s.listen(backlog)
    SOCKETS[name] = s


def connect(name, family, address, port, source_port, wait_s):
    """Connects; with wait_s 0 the handshake is only started."""
    s = socket.socket(family)
    if source_port:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind(("::" if family == socket.AF_INET6 else "0.0.0.0", source_port))
    SOCKETS[name] = s
    s.settimeout(wait_s)
    try:
        s.connect((address, port))
    except (BlockingIOError, TimeoutError):
        return "started"
    except OSError as error:
        return errno.errorcode.get(error.errno, str(error))
    s.settimeout(None)
    return s.getsockname()[1]


def accept(name, listener):
    SOCKETS[name], _ = SOCKETS[listener].accept()


def send(name, octets, wait_s):
    """Sends what can be sent within wait_s; answers the number of octets or the name of the error."""
    s = SOCKETS[name]
    s.settimeout(wait_s)
    sent = 0
    try:
        while sent < octets:
            sent += s.send(b"x" * min(65536, octets - sent))
    except TimeoutError:
        pass
    except OSError as error:
        return errno.errorcode.get(error.errno, str(error))
    finally:
        s.settimeout(None)
    return sent


def receive(name, octets, wait_s):
    """Reads until that many octets came, the end of the stream, or wait_s is over; answers the number read."""
    s = SOCKETS[name]
    s.settimeout(wait_s)
    got = 0
    try:
        while got < octets:
            part = s.recv(min(65536, octets - got))
            if not part:
                break
            got += len(part)
    except TimeoutError:
        pass
    except OSError as error:
        return errno.errorcode.get(error.errno, str(error))
    finally:
        s.settimeout(None)
    return got


def shutdown(name, how):
    SOCKETS[name].shutdown(how)


def close(name):
    SOCKETS.pop(name).close()


def close_after(name, at_time):
    """Closes at a given CLOCK_REALTIME instant, so that two processes can close together."""
    time.sleep(max(0, at_time - time.time()))
    SOCKETS.pop(name).close()


def abort(name):
    linger(name, 1, 0)
    SOCKETS.pop(name).close()


def linger(name, on, seconds):
    SOCKETS[name].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", on, seconds))


def option(name, level, number, value):
    SOCKETS[name].setsockopt(level, number, value)


def fork(name, seconds):
    """Leaves a child behind that holds all descriptors for that long."""
    child = os.fork()
    if child == 0:
        os.setsid()
        for fd in (0, 1, 2):
            os.close(fd)
        time.sleep(seconds)
        os._exit(0)
    return child


def main():
    methods = {
        f.__name__: f
        for f in (listen, connect, accept, send, receive, shutdown, close, close_after, abort, linger, option, fork)
    }
    for line in sys.stdin:
        name, method, *arguments = json.loads(line)
        if method == "exit":
            os._exit(0)
        print(json.dumps(methods[method](name, *arguments)), flush=True)


main()
