"""Connections that both sides close with a FIN."""

import socket
import time

from lab import Socket
from raw import ACK, FIN, RST, RawEnd
from recording import recording


@recording("fin-normal", "server closes; the client reads the end of the stream and closes at once")
def normal(lab):
    lab.capture()
    client, server = lab.open()
    server.close()
    client.receive()
    client.close()
    lab.truth("graceful_fin.normal", closer="server")


@recording("fin-with-data", "the answer and the FIN leave in one segment: the server sends and closes at once")
def with_data(lab):
    lab.capture()
    client, server = lab.open()
    client.send(120)
    server.receive(120)
    server.option(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
    server.send(300)
    server.close()
    client.receive()
    client.close()
    lab.truth("graceful_fin.normal", closer="server")


@recording("fin-half-close", "client shuts its sending side down, the server goes on sending for 1 s, then closes")
def half_close(lab):
    lab.capture()
    client, server = lab.open()
    client.shutdown()
    for _ in range(4):
        lab.wait(0.25)
        server.send(500)
    server.close()
    client.receive()
    client.close()
    lab.truth("graceful_fin.half_close", closer="client")


@recording("fin-slow-close", "server closes; the client needs 1.5 s to notice and close too")
def slow_close(lab):
    lab.capture()
    client, server = lab.open()
    server.close()
    lab.wait(1.5)
    client.close()
    lab.truth("graceful_fin.slow_close", closer="server")


@recording("fin-late-close", "client closes, and its host forgets the half-closed socket after 2 s (tcp_fin_timeout); the server closes after 5 s")
def late_close(lab):
    lab.client.sysctl("net.ipv4.tcp_fin_timeout", 2)
    lab.capture()
    client, server = lab.open()
    client.close()
    lab.wait(5)
    server.close()
    lab.truth("graceful_fin.late_close", closer="client")


@recording("fin-simultaneous", "both close in the same millisecond over a path of 20 ms: the FINs cross", delay_s=0.02)
def simultaneous(lab):
    lab.capture()
    client, server = lab.open()
    instant = time.time() + 0.2
    lab.acted()
    client.close_at(instant)
    server.close_at(instant)
    client.process.answer()
    server.process.answer()
    lab.truth("graceful_fin.simultaneous", closer="both")


@recording("fin-retransmitted", "the client's FINs are lost for 0.7 s, then pass; the server closes in reply", delay_s=0)
def retransmitted(lab):
    lab.capture(lab.client)
    client, server = lab.open()
    lab.wire.lose = lambda frame, to_server: to_server
    client.close()
    lab.wait(0.7)
    lab.wire.lose = lambda frame, to_server: False
    server.receive()
    server.close()
    lab.truth("graceful_fin.normal", "graceful_fin.slow_close", closer="client")


@recording("fin-last-ack-missing", "client closes and its host vanishes once the FIN is acknowledged; the server closes and repeats its FIN")
def last_ack_missing(lab):
    lab.server.sysctl("net.ipv4.tcp_orphan_retries", 3)
    lab.capture()
    client, server = lab.open()
    client.close()
    lab.client.vanish()
    lab.wait(0.3)
    server.close()
    lab.wait(6)
    lab.truth("graceful_fin.last_ack_missing", "retransmission_timeout.fin", "lingering_established.fin_unanswered", closer="client|server")


@recording("fin-idle-timeout", "a server that speaks HTTP closes the idle connection after 3 s; the client closes in reply")
def idle_timeout(lab):
    lab.capture()
    client, server = lab.open()
    lab.exchange(client, server, 90, 1200)
    lab.wait(3)
    server.close()
    client.receive()
    client.close()
    lab.truth("graceful_fin.normal", closer="server")


@recording("fin-reset-after-close", "hand-made client closes as Windows and browsers may: FIN, the server's FIN, then RST in place of the last ACK", ipv4_only=True)
def reset_after_close(lab):
    RawEnd.mute(lab.client, 40001)
    lab.capture()
    server = lab.listen()
    client = RawEnd(lab, lab.client, 40001, lab.server, server.port)
    client.open()
    server.ask("s", "accept", server.listener)
    lab.pair(None, Socket(server, "s"))
    client.push(120)
    client.hear()
    lab.acted()
    client.send(FIN | ACK)
    client.seq += 1
    server.ask("s", "receive", 1 << 20, 1)
    server.ask("s", "close")
    while (heard := client.hear()) is not None and not heard[0] & FIN:
        pass
    client.send(RST | ACK, window=0)
    lab.wait(0.3)
    lab.truth("graceful_fin.reset_after_close", closer="client")


@recording("fin-both-ports-equal", "a socket connected to itself: a client asks for a local port that nobody listens on and gets that very port", ipv4_only=True)
def self_connect(lab):
    lab.capture(lab.client, interface="lo")
    process = lab.client.process()
    process.ask("c", "connect", socket.AF_INET, "127.0.0.1", 45000, 45000, 1)
    lab.pair(Socket(process, "c"), Socket(process, "c"))
    process.ask("c", "send", 100, 1)
    process.ask("c", "receive", 100, 1)
    lab.acted()
    process.ask("c", "close")
    lab.truth("graceful_fin.simultaneous", closer="both")
