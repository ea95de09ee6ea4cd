"""A service under load that is stopped: programs of their own, with connections and requests as they come.

Which stream is which connection is told by its port, in the order of the SYNs; how it ended by what both programs wrote down.
"""

import json
import os
import signal
import subprocess
import sys

from lab import HERE
from recording import recording

PORT = 8080


class Program:
    """A program of a recording in a host, and the lines it has written."""

    is_dead = True

    def __init__(self, host, name, *arguments):
        self.host = host
        command = ["ip", "netns", "exec", host.namespace, sys.executable, os.path.join(HERE, name), *map(str, arguments)]
        self.child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        host.actors.append(self)

    def signal(self, name):
        self.host.lab.acted()
        self.child.send_signal(getattr(signal, f"SIG{name}"))

    def lines(self):
        """What it has written until it ended."""
        lines = [json.loads(line) for line in self.child.stdout]
        self.child.wait()
        return lines

    def stop(self):
        self.child.kill()
        self.child.wait()


class Seen:
    """What one side of a connection was told of its end."""

    def __init__(self, sees):
        self.sees = sees


def service(lab):
    program = Program(lab.server, "http_service.py", lab.address(lab.server), PORT)
    program.child.stdout.readline()
    return program


def clients(lab, number, seconds):
    return Program(lab.client, "http_clients.py", lab.address(lab.server), PORT, number, seconds)


@recording("service-drain", "SIGTERM to an HTTP service under load: it closes its listener, answers what it is asked and closes each connection; new ones are refused")
def drain(lab):
    lab.capture()
    server = service(lab)
    load = clients(lab, 6, 1.6)
    lab.wait(0.6)
    server.signal("TERM")
    truths(lab, load.lines(), server.lines())


@recording("service-kill-restart", "SIGKILL to an HTTP service under load; clients are refused for 1.2 s until it is started again")
def kill_restart(lab):
    lab.capture()
    server = service(lab)
    load = clients(lab, 6, 2.3)
    lab.wait(0.6)
    server.signal("KILL")
    told = server.lines()
    lab.wait(1.2)
    again = service(lab)
    seen = load.lines()
    again.signal("TERM")
    truths(lab, seen, told + again.lines())


def truths(lab, by_clients, by_service):
    """Every connection with what its two programs know of it."""
    lab.wait(0.3)
    near = {row["port"]: row for row in by_clients}
    accepted = {port for port, what in by_service if what == "accepted"}
    far = {port: what for port, what in by_service if what != "accepted"}
    for stream, port in enumerate(ports_in_order(lab)):
        row = near[port]
        # A service that is killed has nothing left to write down.
        sees = far.get(port, "closed_itself") if port in accepted else None
        lab.pair(Seen(row["sees"]), Seen(sees))
        endings, closer = right_endings(lab, row, port in accepted)
        lab.truth(*endings, closer=closer, stream=stream, is_acted=closer == "server")


def right_endings(lab, row, is_accepted):
    sees, since_ns = row["sees"], row["open_since_ns"]
    if sees == "ECONNREFUSED":
        return ["handshake_failed.refused"], "server"
    if sees == "closed_itself":
        return ["graceful_fin.normal"], "client"
    too_late = ["rst_after_kill.crossed_close", "rst_after_kill.write_after_close"]
    if sees == "eof" and since_ns == 0:
        return ["graceful_fin.normal"], "server"
    if sees == "eof":
        is_late = since_ns + lab.delay_s * 1e9 > lab.acted_ns
        return too_late if is_late else ["graceful_fin.unanswered_request"], "server"
    return ["rst_after_kill.unread_data", *too_late] if is_accepted else ["rst_after_kill.unaccepted"], "server"


def ports_in_order(lab):
    """Ports of the clients by the first SYN of each connection, from the capture so far."""
    path = lab.captures[0].path
    text = subprocess.run(["tcpdump", "-n", "-r", path, f"tcp[13] & 18 == 2 and dst port {PORT}"], capture_output=True, text=True).stdout
    return list(dict.fromkeys(int(line.split(" > ")[0].rsplit(".", 1)[1]) for line in text.splitlines()))
