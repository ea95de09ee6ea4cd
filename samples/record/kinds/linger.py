"""Connections that are still open when the capture ends."""

import socket

from recording import recording


@recording("linger-idle", "two connections stay open and idle for 3 s until the capture ends; the processes live")
def idle(lab):
    lab.capture()
    server = lab.listen()
    pairs = [lab.open(server=server) for _ in range(2)]
    lab.wait(3)
    lab.noise()
    for stream in range(len(pairs)):
        lab.truth("lingering_established.idle", closer="none", stream=stream)


@recording("linger-active", "request and answer every 0.1 s until the capture ends")
def active(lab):
    lab.capture()
    client, server = lab.open()
    for _ in range(16):
        lab.exchange(client, server)
    lab.noise()
    lab.truth("lingering_established.active", closer="none")


@recording("linger-close-wait", "client closes, the server never does: it sits in CLOSE-WAIT")
def close_wait(lab):
    lab.capture()
    client, server = lab.open()
    client.close()
    lab.wait(3)
    lab.noise()
    lab.truth("lingering_established.close_wait", closer="none|client")


@recording("linger-shutdown", "client shuts its sending side down and waits for an answer that never comes")
def shutdown(lab):
    lab.capture()
    client, server = lab.open()
    client.send(100)
    client.shutdown()
    lab.wait(3)
    lab.noise()
    lab.truth("lingering_established.close_wait", closer="none|client")


@recording("linger-zero-window", "server sends to a client that lives and never reads: window 0, probes answered until the capture ends")
def zero_window(lab):
    lab.capture(options=("-s", "128"))
    client, server = lab.open()
    client.option(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    server.send(400_000, 0.5)
    lab.wait(4)
    lab.noise()
    lab.truth("lingering_established.zero_window", closer="none")


@recording("linger-data-unanswered", "the server's host vanishes, the client repeats its request; the capture ends after 3 s")
def data_unanswered(lab):
    lab.capture(lab.client)
    client, server = lab.open()
    lab.server.vanish()
    client.send(150)
    lab.wait(3)
    lab.noise()
    lab.truth("lingering_established.data_unanswered", closer="none")


@recording("linger-fin-unanswered", "the server's host vanishes, the client closes and repeats its FIN; the capture ends after 3 s")
def fin_unanswered(lab):
    lab.capture(lab.client)
    client, server = lab.open()
    lab.server.vanish()
    client.close()
    lab.wait(3)
    lab.noise()
    lab.truth("lingering_established.fin_unanswered", closer="none|client")


@recording("linger-superseded", "the client's host reboots and uses the same port again: the server, which still holds the old connection, asks back, and is reset")
def superseded(lab):
    lab.client.sysctl("net.ipv4.tcp_syn_linear_timeouts", 4)
    lab.capture()
    server = lab.listen()
    client, _end = lab.open(server=server, source_port=40003)
    lab.client.reboot()
    lab.wait(0.3)
    again, end = lab.connect(server=server, source_port=40003)
    lab.exchange(again, end)
    again.close()
    end.receive()
    end.close()
    lab.truth("lingering_established.superseded", "rst_after_kill.peer_forgot", closer="none|client", stream=0)
    lab.truth("graceful_fin.normal", closer="client", stream=1)
