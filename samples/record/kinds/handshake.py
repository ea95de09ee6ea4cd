"""Connections that never come about."""

import socket
import struct

from lab import Namespace, Socket
from raw import ACK, SYN, RawEnd, checksum
from recording import recording


@recording("handshake-refused", "nothing listens on the port")
def refused(lab):
    lab.capture()
    server = lab.listen()
    server.port = 81
    lab.connect(server=server)
    lab.truth("handshake_failed.refused", closer="server")


@recording("handshake-filtered", "the server's firewall drops the SYN; tcp_syn_retries 2, no linear timeouts")
def filtered(lab):
    lab.client.sysctl("net.ipv4.tcp_syn_retries", 2)
    lab.client.sysctl("net.ipv4.tcp_syn_linear_timeouts", 0)
    lab.server.drop("input", "tcp flags & syn == syn")
    lab.capture()
    lab.connect(wait_s=9)
    lab.noise()
    lab.truth("handshake_failed.unanswered", closer="none")


@recording("handshake-icmp", "a router's firewall rejects the SYN with ICMP port unreachable, and on another port with admin prohibited", routed=True, ipv4_only=True)
def icmp(lab):
    lab.router.firewall(
        "table ip lab {\n chain c { type filter hook forward priority 0;\n"
        "  tcp dport 8080 reject with icmp port-unreachable\n"
        "  tcp dport 8081 reject with icmp admin-prohibited\n }\n}\n"
    )
    lab.capture(lab.client)
    lab.connect(server=lab.listen(8080), wait_s=0.5)
    lab.connect(server=lab.listen(8081), wait_s=0.5)
    for stream in range(2):
        lab.truth("handshake_failed.icmp_unreachable", closer="middlebox", stream=stream)


@recording("handshake-client-gone", "the client is killed in SYN-SENT on a path of 50 ms: the SYN-ACK meets no socket", delay_s=0.05)
def client_gone(lab):
    lab.capture()
    client = lab.client.process()
    lab.connect(client=client, accept=False, wait_s=0)
    client.kill("KILL")
    lab.wait(0.5)
    lab.truth("handshake_failed.reset_by_client", closer="client")


@recording("handshake-synack-unanswered", "hand-made SYN that is never completed: the kernel repeats its SYN-ACK (tcp_synack_retries 2)", ipv4_only=True)
def synack_unanswered(lab):
    lab.server.sysctl("net.ipv4.tcp_synack_retries", 2)
    lab.client.drop("output", "tcp flags & rst == rst")
    lab.capture()
    server = lab.listen()
    client = RawEnd(lab, lab.client, 40004, lab.server, server.port)
    client.send(SYN, ack=0)
    lab.wait(8)
    lab.noise()
    lab.truth("handshake_failed.synack_unanswered", closer="none")


@recording("handshake-accept-overflow", "backlog 2 and nobody accepts: the fourth client takes its connection for open, the server does not", delay_s=0)
def accept_overflow(lab):
    lab.server.sysctl("net.ipv4.tcp_syncookies", 0)
    lab.capture()
    server = lab.listen(backlog=2)
    processes = [lab.client.process() for _ in range(4)]
    for at, process in enumerate(processes):
        # The last ACKs of the last two are lost at first: both are half open before either fills the accept queue.
        if at == 2:
            lab.wire.lose = lambda frame, to_server: to_server and is_ack(frame)
        process.ask(f"c{at}", "connect", lab.family, lab.address(lab.server), server.port, 0, 3)
        lab.pair(Socket(process, f"c{at}"), None)
    lab.wire.lose = lambda frame, to_server: False
    for at, process in enumerate(processes):
        lab.wait(0.3)
        process.ask(f"c{at}", "send", 100, 1)
    lab.wait(4)
    lab.noise()
    for stream in (0, 1):
        lab.truth("lingering_established.idle", "lingering_established.active", closer="none", stream=stream)
    # Whichever of the last two is heard first takes the last place.
    for stream in (2, 3):
        lab.truth("handshake_failed.accept_overflow", "lingering_established.idle", closer="none", stream=stream)


@recording("handshake-accept-overflow-expired", "backlog 1 and nobody accepts: the third client sends on what it takes for open until the server has forgotten its half (tcp_synack_retries 1), and is reset", delay_s=0)
def accept_overflow_expired(lab):
    lab.server.sysctl("net.ipv4.tcp_syncookies", 0)
    lab.server.sysctl("net.ipv4.tcp_synack_retries", 1)
    lab.capture()
    server = lab.listen(backlog=1)
    processes = [lab.client.process() for _ in range(3)]
    for at, process in enumerate(processes):
        if at == 1:
            lab.wire.lose = lambda frame, to_server: to_server and is_ack(frame)
        process.ask(f"c{at}", "connect", lab.family, lab.address(lab.server), server.port, 0, 3)
        lab.pair(Socket(process, f"c{at}"), None)
    lab.wire.lose = lambda frame, to_server: False
    for at, process in enumerate(processes):
        process.ask(f"c{at}", "send", 100, 1)
        lab.wait(0.2)
    lab.wait(7.5)
    lab.noise()
    for stream in (0, 1):
        lab.truth("lingering_established.idle", "lingering_established.active", closer="none", stream=stream)
    lab.truth("handshake_failed.accept_overflow", closer="none|server", stream=2, findings=["syn_ack_repeated", "payload_repeated"])


@recording("handshake-icmp-kinds", "a router rejects SYNs with ICMP net, host and protocol unreachable", routed=True, ipv4_only=True)
def icmp_kinds(lab):
    kinds = ("net-unreachable", "host-unreachable", "prot-unreachable")
    rules = "".join(f"  tcp dport {8080 + at} reject with icmp {kind}\n" for at, kind in enumerate(kinds))
    lab.router.firewall("table ip lab {\n chain c { type filter hook forward priority 0;\n" + rules + " }\n}\n")
    lab.capture(lab.client)
    for stream in range(3):
        lab.connect(server=lab.listen(8080 + stream), wait_s=0.5)
        lab.truth("handshake_failed.icmp_unreachable", closer="middlebox", stream=stream)


@recording("handshake-icmp-parameter", "hand-made ICMP parameter problem that quotes the SYN, as some device on the path may send: the connect ends at once", ipv4_only=True)
def icmp_parameter(lab):
    lab.server.drop("output", "ip protocol tcp")
    lab.capture()
    server = lab.listen()
    with Namespace(lab.server.namespace):
        seen = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
        out = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    client = lab.client.process()
    client.tell("c", "connect", lab.family, lab.address(lab.server), server.port, 0, 2)
    lab.pair(Socket(client, "c"), None)
    quoted = seen.recv(70000)[:28]
    lab.acted()
    icmp_head = struct.pack("!BBHI", 12, 0, 0, 20 << 24)
    total = checksum(icmp_head + quoted)
    out.sendto(icmp_head[:2] + struct.pack("!H", total) + icmp_head[4:] + quoted, (lab.address(lab.client), 0))
    client.answer()
    lab.truth("handshake_failed.icmp_unreachable", closer="middlebox|server")


def is_ack(frame):
    """A TCP segment over IPv4 or IPv6 with ACK and without SYN."""
    tcp = frame[54:] if frame[12:14] == b"\x86\xdd" else frame[14 + (frame[14] & 15) * 4 :]
    return frame[23 if frame[12:14] == b"\x08\x00" else 20] == 6 and len(tcp) > 13 and tcp[13] & (ACK | SYN) == ACK


@recording("handshake-listener-gone", "the listener is closed while the last ACK of a handshake is under way on a path of 0.3 s", delay_s=0.3)
def listener_gone(lab):
    lab.open(server=lab.listen(8081))
    lab.wait(0.5)
    lab.capture()
    server = lab.listen()
    client = lab.client.process()
    client.tell("c", "connect", lab.family, lab.address(lab.server), server.port, 0, 2)
    lab.wait(0.75)
    lab.acted()
    server.ask(server.listener, "close")
    client.answer()
    lab.pair(Socket(client, "c"), None)
    lab.wait(1)
    lab.truth("handshake_failed.accept_overflow", closer="server", of=1)
