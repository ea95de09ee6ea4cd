"""Hosts, processes and captures for recordings: Linux network namespaces joined by veth pairs, nothing outside them.

    client ── (link) ── server                        Lab()
    client ── (link) ── router ── (link) ── server    Lab(routed=True): TTLs shrink, a firewall may sit there
    client ── (wire) ── server                        Lab(delay_s=0.02): frames take time, or are lost, see Wire

Every object cleans up after itself in Lab.close, also after an exception.
"""

import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SETTLE_S = 0.2
SOL_PACKET = 263
PACKET_VNET_HDR = 15
VNET_HDR_LEN = 10


def run(*command, text=None, check=True):
    result = subprocess.run(command, input=text, capture_output=True, text=True)
    if check and result.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {result.stderr.strip() or result.stdout.strip()}")
    return result.stdout


class Host:
    """A network namespace with processes in it."""

    def __init__(self, lab, name):
        self.lab = lab
        self.role = name
        self.namespace = f"rec-{os.getpid()}-{lab.number}-{name}"
        self.actors = []
        run("ip", "netns", "add", self.namespace)
        self.sysctl("net.ipv6.conf.all.accept_dad", 0)
        self.sysctl("net.ipv6.conf.default.accept_dad", 0)
        self.run("ip", "link", "set", "lo", "up")

    def run(self, *command, text=None):
        return run("ip", "netns", "exec", self.namespace, *command, text=text)

    def sysctl(self, name, value):
        self.run("sysctl", "-qw", f"{name}={value}")

    def firewall(self, rules):
        """Replaces the host's nftables rules; an empty text lets everything through again."""
        self.run("nft", "flush", "ruleset")
        if rules:
            self.run("nft", "-f", "-", text=rules)

    def drop(self, chain, match=""):
        """Drops what matches in the input, output or forward chain."""
        self.firewall(f"table inet lab {{\n chain c {{ type filter hook {chain} priority 0;\n{match} drop\n}}\n}}\n")

    def process(self):
        return Process(self)

    def reboot(self):
        """The host loses its processes and sockets without a word, as in a power failure, and is back at once."""
        self.lab.acted()
        self.vanish()
        for actor in self.actors:
            actor.stop()
            actor.is_lost = True
        self.actors = []
        # The firewall swallows the resets of destroyed sockets; orphans die of it too.
        self.run("ss", "-K", "-t", "-n", "-a")
        self.firewall("")

    def vanish(self):
        """Power loss as the others see it: the host hears and says nothing any more."""
        self.lab.acted()
        self.firewall(
            "table inet lab {\n"
            " chain i { type filter hook input priority 0; meta l4proto tcp drop\n}\n"
            " chain o { type filter hook output priority 0; meta l4proto tcp drop\n}\n}\n"
        )

    def remove(self):
        for actor in self.actors:
            actor.stop()
        run("ip", "netns", "del", self.namespace, check=False)


class Link:
    """A veth pair between two hosts; `number` makes its addresses."""

    def __init__(self, lab, a, b, number, addressed=True):
        self.lab, self.a, self.b, self.number, self.addressed = lab, a, b, number, addressed
        a, b = self.end_of(self.a), self.end_of(self.b)
        run("ip", "link", "add", a, "netns", self.a.namespace, "type", "veth", "peer", "name", b, "netns", self.b.namespace)
        for host, name in ((self.a, a), (self.b, b)):
            if self.addressed:
                prefix = "64" if self.lab.ipv6 else "24"
                run("ip", "-n", host.namespace, "addr", "add", f"{self.address(host)}/{prefix}", "dev", name, *lab.address_flags)
            run("ip", "-n", host.namespace, "link", "set", name, "up")

    def end_of(self, host):
        return f"{host.role[0]}{self.number}"

    def address(self, host):
        last = 1 if host is self.a else 2
        return f"10.{50 + self.number}.{self.lab.number}.{last}" if not self.lab.ipv6 else f"fd00:{self.number}:{self.lab.number}::{last}"


class Wire:
    """Carries frames between two hosts in user space: each takes `delay_s`, and `lose` decides which never arrive."""

    def __init__(self, host, names, delay_s):
        self.delay_s = delay_s
        self.lose = lambda frame, to_server: False
        self.sockets = []
        self.running = True
        with Namespace(host.namespace):
            for name in names:
                s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
                s.bind((name, 0))
                s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 24)
                # Checksums and large segments stay as unfinished as veth leaves them.
                s.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
                self.sockets.append(s)
        self.threads = [threading.Thread(target=self.carry, args=(at,), daemon=True) for at in (0, 1)]
        for thread in self.threads:
            thread.start()

    def carry(self, at):
        source, target = self.sockets[at], self.sockets[1 - at]
        line = []
        source.settimeout(0.0005)
        while self.running:
            try:
                frame, (_, _, kind, _, _) = source.recvfrom(70000)
                if kind != socket.PACKET_OUTGOING and not self.lose(frame[VNET_HDR_LEN:], at == 0):
                    line.append((time.monotonic() + self.delay_s, frame))
            except (TimeoutError, BlockingIOError):
                pass
            except OSError:
                return
            while line and line[0][0] <= time.monotonic():
                try:
                    target.send(line.pop(0)[1])
                except OSError:
                    pass

    def close(self):
        self.running = False
        for thread in self.threads:
            thread.join()
        for s in self.sockets:
            s.close()


class Namespace:
    """Enters a network namespace for the sockets made inside a with block."""

    def __init__(self, name):
        self.name = name

    def __enter__(self):
        self.home = os.open("/proc/self/task/%d/ns/net" % threading.get_native_id(), os.O_RDONLY)
        fd = os.open(f"/run/netns/{self.name}", os.O_RDONLY)
        setns(fd)
        os.close(fd)

    def __exit__(self, *_):
        setns(self.home)
        os.close(self.home)


def setns(fd):
    import ctypes

    if ctypes.CDLL(None, use_errno=True).setns(fd, 0) != 0:
        raise OSError(ctypes.get_errno(), "setns")


class Process:
    """An actor.py in a host."""

    def __init__(self, host):
        self.host = host
        self.child = subprocess.Popen(
            ["ip", "netns", "exec", host.namespace, sys.executable, os.path.join(HERE, "actor.py")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        # What its calls told it of each socket, the first thing; whether it died, and whether nobody can say of what.
        self.seen, self.is_dead, self.is_lost = {}, False, False
        host.actors.append(self)

    def ask(self, *words):
        self.tell(*words)
        return self.answer()

    def tell(self, *words):
        self.child.stdin.write(json.dumps(words) + "\n")
        self.child.stdin.flush()

    def answer(self):
        line = self.child.stdout.readline()
        if not line:
            raise RuntimeError("the actor died")
        value, self.seen = json.loads(line)
        return value

    def sees(self, name):
        """What the program learnt of that socket's end, None where it had none or its host lost power."""
        ended = "closed_itself" if self.is_dead and not self.is_lost else None
        return self.seen.get(name, ended)

    def kill(self, name):
        """Sends a signal and waits until the kernel has taken the process apart."""
        self.ask("", "look_at_all")
        self.is_dead = True
        self.host.lab.acted()
        self.child.send_signal(getattr(signal, f"SIG{name}"))
        self.child.wait()

    def exit(self):
        """Ends without closing anything: _exit(0)."""
        self.ask("", "look_at_all")
        self.is_dead = True
        self.host.lab.acted()
        self.tell("", "exit")
        self.child.wait()

    def stop(self):
        """Gets rid of the process when its packets no longer matter."""
        self.child.kill()
        self.child.wait()


class Socket:
    """A connected socket in a process."""

    def __init__(self, process, name):
        self.process, self.name = process, name

    def ask(self, method, *arguments):
        return self.process.ask(self.name, method, *arguments)

    @property
    def sees(self):
        return self.process.sees(self.name)

    def say(self, text):
        self.ask("say", text)

    def send(self, octets, wait_s=2):
        return self.ask("send", octets, wait_s)

    def receive(self, octets=1 << 30, wait_s=2):
        return self.ask("receive", octets, wait_s)

    def close(self):
        self.process.host.lab.acted()
        self.ask("close")

    def close_at(self, instant):
        self.process.tell(self.name, "close_after", instant)

    def abort(self):
        """close() with SO_LINGER {1, 0}."""
        self.process.host.lab.acted()
        self.ask("abort")

    def shutdown(self, how=socket.SHUT_WR):
        self.process.host.lab.acted()
        self.ask("shutdown", how)

    def linger(self, seconds):
        self.ask("linger", 1, seconds)

    def option(self, level, number, value):
        self.ask("option", level, number, value)

    def keepalive(self, idle_s, interval_s, count):
        self.option(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self.option(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, idle_s)
        self.option(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, interval_s)
        self.option(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, count)

    def user_timeout(self, seconds):
        self.option(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(seconds * 1000))


class Capture:
    """tcpdump on an interface of a host."""

    def __init__(self, host, interface, path, options=(), expression=""):
        command = ["ip", "netns", "exec", host.namespace, "tcpdump", "-Z", "root", "-n", "-U", "--immediate-mode"]
        command += ["-i", interface, *options, "-w", path]
        if expression:
            command.append(expression)
        self.path, self.interface = path, interface
        self.child = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        for line in self.child.stderr:
            if "listening on" in line:
                return
        raise RuntimeError("tcpdump did not start")

    def stop(self):
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGINT)
            report = self.child.communicate()[1]
            if self.path.endswith(".pcapng"):
                drops = re.search(r"(\d+) packets? dropped by kernel", report)
                as_pcapng(self.path, self.interface, int(drops.group(1)) if drops else 0)


def as_pcapng(path, interface, drops):
    """Rewrites a classic capture with times in ns as pcapng: tcpdump cannot write that itself."""

    def block(kind, body):
        body += b"\0" * (-len(body) % 4)
        return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)

    def option(code, value):
        return struct.pack("<HH", code, len(value)) + value + b"\0" * (-len(value) % 4)

    with open(path, "rb") as source:
        octets = source.read()
    snaplen, linktype = struct.unpack_from("<II", octets, 16)
    end = struct.pack("<I", 0)
    about = option(2, interface.encode()) + option(9, b"\x09") + end
    blocks = [block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))]
    blocks.append(block(1, struct.pack("<HHI", linktype, 0, snaplen) + about))
    at, stamp = 24, 0
    while at < len(octets):
        seconds, ns, caplen, origlen = struct.unpack_from("<IIII", octets, at)
        stamp = seconds * 1_000_000_000 + ns
        head = struct.pack("<IIIII", 0, stamp >> 32, stamp & 0xFFFFFFFF, caplen, origlen)
        blocks.append(block(6, head + octets[at + 16 : at + 16 + caplen]))
        at += 16 + caplen
    statistics = option(7, struct.pack("<Q", drops)) + end
    blocks.append(block(5, struct.pack("<III", 0, stamp >> 32, stamp & 0xFFFFFFFF) + statistics))
    with open(path, "wb") as target:
        target.write(b"".join(blocks))


class Lab:
    """One recording."""

    count = 0

    def __init__(self, folder, name, number=None, delay_s=None, ipv6=False):
        Lab.count += 1
        self.number = number or Lab.count
        self.folder, self.name, self.ipv6 = folder, name, ipv6
        self.hosts, self.links, self.captures, self.truths = [], [], [], []
        # The sockets of each connection, client's and server's, in the order of the first SYN.
        self.pairs = []
        self.folders = []
        # Usable at once, without a wait for duplicates.
        self.address_flags = ["nodad"] if ipv6 else []
        self.family = socket.AF_INET6 if ipv6 else socket.AF_INET
        self.wire = None
        self.delay_s = delay_s or 0
        self.acted_ns = None
        self.listeners = 0
        self.sockets = 0

    def build(self, routed=False, delay_s=None):
        """Makes the hosts and what joins them."""
        self.client = self.host("client")
        self.server = self.host("server")
        if delay_s is not None:
            self.middle = self.host("wire")
            self.link(self.client, self.middle, 0, addressed=False)
            self.link(self.middle, self.server, 1, addressed=False)
            self.address_ends()
            self.wire = Wire(self.middle, ["w0", "w1"], delay_s)
        elif routed:
            self.router = self.host("router")
            near = self.link(self.client, self.router, 0)
            far = self.link(self.router, self.server, 1)
            self.router.sysctl("net.ipv4.ip_forward", 1)
            self.router.sysctl("net.ipv6.conf.all.forwarding", 1)
            run("ip", "-n", self.client.namespace, "route", "add", "default", "via", near.address(self.router))
            run("ip", "-n", self.server.namespace, "route", "add", "default", "via", far.address(self.router))
        else:
            self.link(self.client, self.server, 0)

    def settle(self):
        """Over IPv6 link-local addresses are checked for duplicates first; a SYN would be lost meanwhile."""
        if self.ipv6:
            time.sleep(2)

    def host(self, name):
        made = Host(self, name)
        self.hosts.append(made)
        return made

    def link(self, a, b, number, addressed=True):
        made = Link(self, a, b, number, addressed)
        self.links.append(made)
        return made

    def address_ends(self):
        prefix = "64" if self.ipv6 else "24"
        for host, link, last in ((self.client, self.links[0], 1), (self.server, self.links[1], 2)):
            address = f"fd00:0:{self.number}::{last}" if self.ipv6 else f"10.50.{self.number}.{last}"
            run("ip", "-n", host.namespace, "addr", "add", f"{address}/{prefix}", "dev", link.end_of(host), *self.address_flags)
        self.ends = {
            self.client: f"fd00:0:{self.number}::1" if self.ipv6 else f"10.50.{self.number}.1",
            self.server: f"fd00:0:{self.number}::2" if self.ipv6 else f"10.50.{self.number}.2",
        }

    def links_of(self, host):
        return [link for link in self.links if host in (link.a, link.b)]

    def address(self, host):
        if self.wire is not None:
            return self.ends[host]
        return self.links_of(host)[0].address(host)

    def interface(self, host):
        return self.links_of(host)[0].end_of(host)

    def capture(self, where=None, suffix="", interface=None, options=(), expression="", extension="pcap"):
        """Starts capturing at a host, the server by default."""
        host = where or self.server
        path = os.path.join(self.folder, f"{self.name}{suffix}.{extension}")
        made = Capture(host, interface or self.interface(host), path, options, expression)
        self.captures.append(made)
        self.extension = extension
        return made

    def listen(self, port=8080, backlog=16, process=None):
        process = process or self.server.process()
        self.listeners += 1
        name = f"l{self.listeners}"
        process.ask(name, "listen", self.family, port, backlog, "::" if self.ipv6 else "0.0.0.0")
        process.listener, process.port = name, port
        return process

    def connect(self, server=None, client=None, source_port=0, accept=True, wait_s=3):
        """A connection to a listening process: its two sockets; None for the server's when it is not accepted."""
        server = server or self.listen()
        client = client or self.client.process()
        self.sockets += 1
        near, far = f"c{self.sockets}", f"s{self.sockets}"
        port = client.ask(near, "connect", self.family, self.address(self.server), server.port, source_port, wait_s)
        mine = Socket(client, near)
        mine.port, mine.outcome = (port, "open") if isinstance(port, int) else (None, port)
        if not accept or mine.port is None:
            return self.pair(mine, None)
        server.ask(far, "accept", server.listener)
        return self.pair(mine, Socket(server, far))

    def pair(self, client, server):
        """Notes whose sockets a connection has; None for what is hand-made or was never accepted."""
        self.pairs.append((client, server))
        return client, server

    def exchange(self, client, server, request=120, response=400):
        """A request and its answer."""
        client.send(request)
        server.receive(request)
        server.send(response)
        client.receive(response)
        self.wait(0.1)

    def open(self, **options):
        """A connection that has been used once."""
        pair = self.connect(**options)
        self.exchange(*pair)
        return pair

    def noise(self):
        """A packet that is no TCP, so that the capture shows how long it ran."""
        self.client.run("bash", "-c", f"echo > /dev/udp/{self.address(self.server)}/9")

    def wait(self, seconds):
        time.sleep(seconds)

    def scratch(self):
        """A folder that is gone afterwards."""
        self.folders.append(tempfile.mkdtemp(prefix="tcp-teardown-"))
        return self.folders[-1]

    def acted(self):
        """Notes the instant of what ends the connection: the first deed counts."""
        if self.acted_ns is None:
            self.acted_ns = time.time_ns()

    def truth(self, *endings, closer, stream=0, suffix="", findings=(), of=None, is_acted=True):
        """What the analysis has to find: accepted verdict.cause names and closers, and findings that must be there.

        `of` is the number of the connection in the order of its making, where that is not the number of the stream.
        What is done to end others has not ended one with `is_acted` False.
        """
        row = {"capture": f"{self.name}{suffix}.{self.extension}", "stream": stream, "endings": list(endings), "closer": closer.split("|")}
        if findings:
            row["findings"] = list(findings)
        if self.acted_ns is not None and is_acted:
            row["acted_at_ns"] = self.acted_ns
        at = stream if of is None else of
        self.truths.append((row, self.pairs[at] if at < len(self.pairs) else (None, None)))

    def finish(self):
        """Ends the capture, and asks every program what it saw: what it reads now was there when the capture ended."""
        self.wait(SETTLE_S + 4 * self.delay_s)
        actors = [actor for host in self.hosts for actor in host.actors if not actor.is_dead]
        for actor in actors:
            actor.ask("", "end")
        for capture in self.captures:
            capture.stop()
        for actor in actors:
            actor.ask("", "tell_all")
        self.truths = [{**row, **what_was_seen(pair)} for row, pair in self.truths]

    def close(self):
        if self.wire is not None:
            self.wire.close()
        for capture in self.captures:
            capture.stop()
        for host in self.hosts:
            host.remove()
        for folder in self.folders:
            shutil.rmtree(folder, ignore_errors=True)


def what_was_seen(pair):
    sees = {"client_sees": pair[0] and pair[0].sees, "server_sees": pair[1] and pair[1].sees}
    return {name: value for name, value in sees.items() if value is not None}


def kernel():
    return re.sub(r"^Linux version (\S+).*", r"\1", open("/proc/version").read().strip())
