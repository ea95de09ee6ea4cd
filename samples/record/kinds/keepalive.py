"""Keepalive: peers that are gone, peers that forgot, peers that answer."""

from lab import Socket
from raw import ACK, FIN, RawEnd
from recording import recording


@recording("keepalive-reset-sent", "server has keepalive 2 s, 1 s, 3; the client's host vanishes")
def reset_sent(lab):
    lab.capture()
    client, server = lab.open()
    server.keepalive(2, 1, 3)
    lab.client.vanish()
    lab.wait(6.5)
    lab.truth("keepalive_timeout.reset_sent", closer="server")


@recording("keepalive-user-timeout", "client has keepalive 1 s, 1 s, 9 and TCP_USER_TIMEOUT 2.5 s; the server's host vanishes")
def user_timeout(lab):
    lab.capture(lab.client)
    client, server = lab.open()
    client.keepalive(1, 1, 9)
    client.user_timeout(2.5)
    lab.server.vanish()
    lab.wait(5)
    lab.truth("keepalive_timeout.reset_sent", closer="client")


@recording("keepalive-silent", "client has keepalive 1 s, 1 s, 9; the server's host vanishes, and 3 s later the client's too")
def silent(lab):
    lab.capture(lab.client)
    client, server = lab.open()
    client.keepalive(1, 1, 9)
    lab.server.vanish()
    lab.wait(3.5)
    lab.client.vanish()
    lab.wait(3)
    lab.noise()
    lab.truth("keepalive_timeout.silent", closer="client")


@recording("keepalive-unanswered-at-end", "client has keepalive 1 s, 1 s, 9; the server's host vanishes, and the capture ends in the middle of it")
def unanswered_at_end(lab):
    lab.capture(lab.client)
    client, server = lab.open()
    client.keepalive(1, 1, 9)
    lab.server.vanish()
    lab.wait(4.4)
    lab.truth("keepalive_timeout.unanswered_at_end", closer="none")


@recording("keepalive-peer-forgot", "client has keepalive 2 s, 1 s, 3; the server's host reboots: the first probe gets a RST")
def peer_forgot(lab):
    lab.capture(lab.client)
    client, server = lab.open()
    client.keepalive(2, 1, 3)
    lab.server.reboot()
    lab.wait(3)
    lab.truth("keepalive_timeout.peer_forgot", closer="server")


@recording("keepalive-answered-then-closed", "client has keepalive 1 s; the probes are answered for 4 s, then the client closes")
def answered_then_closed(lab):
    lab.capture()
    client, server = lab.open()
    client.keepalive(1, 1, 3)
    lab.wait(4.5)
    client.close()
    server.receive()
    server.close()
    lab.truth("graceful_fin.normal", closer="client")


@recording("keepalive-sustained", "both sides have keepalive 1 s and nothing to say until the capture ends")
def sustained(lab):
    lab.capture()
    client, server = lab.open()
    client.keepalive(1, 1, 3)
    server.keepalive(1, 1, 3)
    lab.wait(4.5)
    lab.truth("lingering_established.keepalive_sustained", closer="none")


@recording("keepalive-close-wait", "client closes, the server never does but has keepalive 1 s: its probes go on until the client's host has forgotten (tcp_fin_timeout 2 s)")
def close_wait(lab):
    lab.client.sysctl("net.ipv4.tcp_fin_timeout", 2)
    lab.capture()
    client, server = lab.open()
    server.keepalive(1, 1, 5)
    client.close()
    lab.wait(5)
    lab.truth("keepalive_timeout.peer_forgot", "lingering_established.close_wait", closer="client|none")


@recording("keepalive-one-octet", "hand-made client probes with one byte of garbage, as old stacks and Windows do; then it closes", ipv4_only=True)
def one_octet(lab):
    RawEnd.mute(lab.client, 40002)
    lab.capture()
    server = lab.listen()
    client = RawEnd(lab, lab.client, 40002, lab.server, server.port)
    client.open()
    server.ask("s", "accept", server.listener)
    lab.pair(None, Socket(server, "s"))
    client.push(120)
    server.ask("s", "receive", 120, 1)
    client.hear()
    for _ in range(3):
        lab.wait(1)
        client.send(ACK, b"\0", seq=client.seq - 1)
        client.hear()
    lab.acted()
    client.send(FIN | ACK)
    client.seq += 1
    server.ask("s", "receive", 1 << 20, 1)
    server.ask("s", "close")
    while (heard := client.hear()) is not None and not heard[0] & FIN:
        pass
    client.send(ACK)
    lab.truth("graceful_fin.normal", "graceful_fin.slow_close", closer="client")


@recording("keepalive-midstream", "the capture begins when only keepalive probes pass; then the server's host vanishes")
def midstream(lab):
    client, server = lab.open()
    client.keepalive(1, 1, 3)
    lab.wait(1.5)
    lab.capture(lab.client)
    lab.wait(2)
    lab.server.vanish()
    lab.wait(6)
    lab.truth("keepalive_timeout.reset_sent", closer="client|unknown")


@recording("heartbeat-one-octet", "an application heartbeat of one byte a second, echoed: no keepalive; then the client closes")
def heartbeat(lab):
    lab.capture()
    client, server = lab.open()
    for _ in range(4):
        lab.wait(1)
        client.send(1)
        server.receive(1)
        server.send(1)
        client.receive(1)
    client.close()
    server.receive()
    server.close()
    lab.truth("graceful_fin.normal", closer="client")
