"""Clients that come again: after a refusal, after a reset, on the ports of an older connection; resets that do not count."""

from raw import RST
from recording import recording

from kinds.middlebox import next_seq, spoofed


@recording("abort-idle", "client and server say nothing for 3 s, then the server aborts (SO_LINGER {1, 0})")
def idle(lab):
    lab.capture()
    client, server = lab.open()
    lab.wait(3)
    server.abort()
    lab.truth("rst_abort.abort", closer="server", findings=["idle"])


@recording("retry-refused", "nothing listens yet; the service starts, and the client's second try 0.6 s later works")
def retry_refused(lab):
    lab.capture()
    client = lab.client.process()
    starting = lab.server.process()
    starting.port = 8080
    lab.connect(server=starting, client=client)
    server = lab.listen(process=starting)
    lab.wait(0.6)
    again, end = lab.connect(server=server, client=client)
    lab.exchange(again, end)
    again.close()
    end.receive()
    end.close()
    lab.truth("handshake_failed.refused", closer="server", stream=0, findings=["retry_worked"])
    lab.truth("graceful_fin.normal", closer="client", stream=1)


@recording("retry-reset", "server closes with a request unread; the client connects again 0.4 s later, and that works")
def retry_reset(lab):
    lab.capture()
    server = lab.listen()
    client, end = lab.open(server=server)
    client.send(200)
    lab.wait(0.2)
    end.close()
    client.receive()
    client.close()
    lab.wait(0.4)
    again, end = lab.connect(server=server, client=client.process)
    lab.exchange(again, end)
    again.close()
    end.receive()
    end.close()
    lab.truth("rst_after_kill.unread_data", closer="server", stream=0, findings=["retry_worked"])
    lab.truth("graceful_fin.normal", closer="client", stream=1)


@recording("ports-reused-after-reset", "the server aborts, and the client connects again from the same port 0.5 s later; that one is closed by FIN")
def ports_after_reset(lab):
    lab.capture()
    server = lab.listen()
    client, end = lab.open(server=server, source_port=40014)
    end.abort()
    client.receive()
    client.close()
    lab.wait(0.5)
    again, end = lab.open(server=server, source_port=40014)
    again.close()
    end.receive()
    end.close()
    lab.truth("rst_abort.abort", closer="server", stream=0)
    lab.truth("graceful_fin.normal", closer="client", stream=1, findings=["same_ports_before"])


def old_connection(lab, start):
    """The server still holds a connection of a client whose host rebooted and now asks for the same ports."""
    lab.client.sysctl("net.ipv4.tcp_syn_retries", 2)
    lab.client.sysctl("net.ipv4.tcp_syn_linear_timeouts", 0)
    server = lab.listen()
    start("before")
    lab.open(server=server, source_port=40015)
    lab.client.reboot()
    lab.client.drop("output", "tcp flags & rst == rst")
    start("after")
    lab.wait(0.5)
    lab.connect(server=server, source_port=40015, accept=False, wait_s=9)
    lab.noise()


@recording("handshake-old-connection", "the client's host rebooted and asks for the ports of a connection that the server still holds; its resets are filtered, so that it never opens")
def old_seen(lab):
    old_connection(lab, lambda when: lab.capture() if when == "before" else None)
    lab.truth("lingering_established.superseded", "lingering_established.idle", closer="none", stream=0)
    lab.truth("handshake_failed.old_connection", closer="none", stream=1, findings=["syn_repeated", "same_ports_before"])


@recording("handshake-old-connection-unseen", "the same, but the capture begins after the old connection was used: its ACKs are all there is of it")
def old_unseen(lab):
    old_connection(lab, lambda when: lab.capture() if when == "after" else None)
    lab.truth("handshake_failed.old_connection", closer="none", of=1, findings=["syn_repeated"])


@recording("rst-ignored", "two forged RSTs towards the client, one far behind and one far ahead of its window: it takes no notice, and the client closes", routed=True, ipv4_only=True)
def ignored(lab):
    lab.capture(lab.client)
    client, server = lab.open(source_port=40005)
    lab.wait(0.2)
    forger = spoofed(lab, server.process.port)
    expected = next_seq(lab, server.process.port)
    for step in (-70_000, 20_000_000):
        forger.send(RST, seq=expected + step, window=0, ttl=61)
        lab.wait(0.2)
    lab.exchange(client, server)
    client.close()
    server.receive()
    server.close()
    lab.truth("graceful_fin.normal", closer="client", findings=["rst_ignored"])


@recording("rst-dialogue", "the client's last request is lost and it aborts: its RST is ahead of what the server has, which asks back, and the second RST is exact (RFC 5961)", delay_s=0)
def dialogue(lab):
    lab.capture()
    client, server = lab.open()
    lab.wait(0.2)
    lab.wire.lose = lambda frame, to_server: to_server
    client.send(300)
    lab.wait(0.05)
    lab.wire.lose = lambda frame, to_server: False
    client.abort()
    lab.wait(0.3)
    lab.truth("rst_abort.abort", "rst_after_kill.unread_data", closer="client", findings=["rst_ignored", "challenge_acks"])
