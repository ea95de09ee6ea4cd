"""One process of a recording: it holds sockets and does with them what it is told, until it is told to stop or killed.

Reads one JSON array a line, [name, method, arguments...], and answers each with one JSON value. It exists so that what
dies, closes, stalls or forgets to close is a real process with real sockets: the kernel does the rest.

It writes down what its calls told it of the end of each connection, the first thing only, and adds that to every answer.
It is a program that waits in poll(): before it closes a socket it has a look at what came meanwhile, which sends nothing.
"""

import errno
import json
import os
import select
import socket
import ssl
import struct
import sys
import time

SOCKETS = {}
SEES = {}
ENDED = {}


def sees(name, what):
    """What ended it for the program; what it learns later is no news."""
    SEES.setdefault(name, what)


def is_wait_over(error):
    """The wait was over, which is no ETIMEDOUT: that is an error of the connection and has its number."""
    return error.errno in (None, errno.EAGAIN, errno.EINPROGRESS, ssl.SSL_ERROR_WANT_READ)


def failed(name, error):
    code = errno.errorcode.get(error.errno, str(error))
    sees(name, code)
    return code


def has_ended(s):
    """Whether poll() reports an end or an error; asking sends nothing and takes nothing."""
    poll = select.poll()
    poll.register(s.fileno(), select.POLLRDHUP)
    return any(events & (select.POLLRDHUP | select.POLLERR | select.POLLHUP) for _, events in poll.poll(0))


def look(name):
    """What a read returns now, without taking anything. Where unread octets stand before the end, it is not seen yet."""
    s = SOCKETS[name]
    if name not in SEES and has_ended(s):
        try:
            if not socket.socket.recv(s, 1, socket.MSG_PEEK | socket.MSG_DONTWAIT):
                sees(name, "eof")
        except OSError as error:
            if not is_wait_over(error):
                failed(name, error)


def look_at_all(_name):
    """Before the process is killed: what it knows by then."""
    for name in SOCKETS:
        if name not in LISTENERS:
            look(name)


def end(_name):
    """The capture is about to end: which sockets have something to tell?"""
    ENDED.update({name: has_ended(s) for name, s in SOCKETS.items() if name not in LISTENERS})


def tell_all(_name):
    """Reads every open socket to its end, after the capture: reading may move a window."""
    for name, has_news in ENDED.items():
        if not has_news:
            sees(name, "nothing")
            continue
        try:
            while socket.socket.recv(SOCKETS[name], 65536, socket.MSG_DONTWAIT):
                pass
            sees(name, "eof")
        except OSError as error:
            failed(name, error)


LISTENERS = set()


def listen(name, family, port, backlog, address):
    s = socket.socket(family)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind((address, port))
    s.listen(backlog)
    SOCKETS[name] = s
    LISTENERS.add(name)


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
    except OSError as error:
        return "started" if is_wait_over(error) else failed(name, error)
    s.settimeout(None)
    return s.getsockname()[1]


def accept(name, listener):
    SOCKETS[name], _ = SOCKETS[listener].accept()


def encrypt(name, certificate, version):
    """TLS over the socket, as the server where a certificate is given. The handshake takes both sides: tell, then ask."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if certificate else ssl.PROTOCOL_TLS_CLIENT)
    if certificate:
        context.load_cert_chain(certificate)
    else:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
    SOCKETS[name] = context.wrap_socket(SOCKETS[name], server_side=bool(certificate))


def say_goodbye(name):
    """Sends the close_notify of TLS and does not wait for that of the other side."""
    s = SOCKETS[name]
    s.settimeout(0)
    try:
        s.unwrap()
    except OSError as error:
        return str(error)
    finally:
        s.settimeout(None)


def say(name, text):
    SOCKETS[name].sendall(text.encode())


def send(name, octets, wait_s):
    """Sends what can be sent within wait_s; answers the number of octets or the name of the error."""
    s = SOCKETS[name]
    s.settimeout(wait_s)
    sent = 0
    try:
        while sent < octets:
            sent += s.send(b"x" * min(65536, octets - sent))
    except OSError as error:
        if not is_wait_over(error):
            return failed(name, error)
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
                sees(name, "eof")
                break
            got += len(part)
    except OSError as error:
        if not is_wait_over(error):
            return failed(name, error)
    finally:
        s.settimeout(None)
    return got


def shutdown(name, how):
    SOCKETS[name].shutdown(how)


def close(name):
    if name in LISTENERS:
        LISTENERS.remove(name)
    else:
        look(name)
        sees(name, "closed_itself")
    SOCKETS.pop(name).close()


def close_after(name, at_time):
    """Closes at a given CLOCK_REALTIME instant, so that two processes can close together."""
    time.sleep(max(0, at_time - time.time()))
    close(name)


def abort(name):
    linger(name, 1, 0)
    close(name)


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
        for f in (
            listen, connect, accept, encrypt, say_goodbye, say, send, receive, shutdown, close, close_after, abort, linger,
            option, fork, look_at_all, end, tell_all,
        )
    }
    for line in sys.stdin:
        name, method, *arguments = json.loads(line)
        if method == "exit":
            os._exit(0)
        print(json.dumps([methods[method](name, *arguments), SEES]), flush=True)


main()
