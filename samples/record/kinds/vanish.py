"""Hosts that vanish or come back without memory, and what the other side does about it."""

import socket

from recording import recording


@recording("vanished-data", "the server's host vanishes; the client repeats its request and gives up (TCP_USER_TIMEOUT 2 s)")
def data(lab):
    lab.capture(lab.client)
    client, server = lab.open()
    client.user_timeout(2)
    lab.server.vanish()
    client.send(150)
    lab.wait(12)
    lab.noise()
    lab.truth("retransmission_timeout.data", closer="client")


@recording("vanished-fin", "the server's host vanishes; the client closes, and its kernel repeats the FIN twice and gives up (tcp_orphan_retries 2)")
def fin(lab):
    lab.client.sysctl("net.ipv4.tcp_orphan_retries", 2)
    lab.capture(lab.client)
    client, server = lab.open()
    lab.server.vanish()
    client.close()
    lab.wait(8)
    lab.noise()
    lab.truth("retransmission_timeout.fin", closer="client")


@recording("vanished-zero-window", "client never reads, the server is killed with data to send, the client's host vanishes: window probes until the kernel gives up (tcp_orphan_retries 3)")
def zero_window(lab):
    lab.server.sysctl("net.ipv4.tcp_orphan_retries", 3)
    lab.capture(options=("-s", "128"))
    client, server = lab.open()
    client.option(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    server.send(400_000, 0.3)
    lab.client.vanish()
    server.process.kill("KILL")
    lab.wait(12)
    lab.noise()
    lab.truth("retransmission_timeout.zero_window", closer="server")


@recording("reboot-peer-forgot", "the server's host reboots and listens again; the client sends on the old connection")
def reboot(lab):
    lab.capture(lab.client)
    client, server = lab.open()
    lab.server.reboot()
    lab.listen()
    lab.wait(0.5)
    client.send(120)
    lab.wait(0.2)
    lab.truth("rst_after_kill.peer_forgot", closer="server")


@recording("reboot-client-closes", "the server's host reboots; the client closes: its FIN meets a host that knows nothing of the connection")
def reboot_fin(lab):
    lab.capture(lab.client)
    client, server = lab.open()
    lab.server.reboot()
    lab.wait(0.5)
    client.close()
    lab.wait(0.2)
    lab.truth("rst_after_kill.peer_forgot", closer="client")


@recording("fin-lost-then-write", "SIGKILL to the server while the path is down, so that its FINs are lost; the path comes back and the client writes", delay_s=0)
def fin_lost(lab):
    lab.server.sysctl("net.ipv4.tcp_orphan_retries", 1)
    lab.capture(lab.client)
    client, server = lab.open()
    lab.wire.lose = lambda frame, to_server: True
    server.process.kill("KILL")
    lab.wait(3)
    lab.wire.lose = lambda frame, to_server: False
    client.send(120)
    lab.wait(0.3)
    lab.truth("rst_after_kill.peer_forgot", closer="server")


@recording("vanished-icmp", "the route to the server is lost: a router answers the client's data with ICMP, the client goes on repeating", routed=True, ipv4_only=True)
def icmp(lab):
    lab.capture(lab.client)
    client, server = lab.open()
    lab.acted()
    lab.router.run("ip", "route", "add", "unreachable", f"{lab.address(lab.server)}/32")
    client.send(150)
    lab.wait(3)
    lab.noise()
    lab.truth("lingering_established.data_unanswered", closer="none")


@recording("vanished-icmp-given-up", "the same, until the client gives up (TCP_USER_TIMEOUT 2 s): its program is told what the router said", routed=True, ipv4_only=True)
def icmp_given_up(lab):
    lab.capture(lab.client)
    client, server = lab.open()
    client.user_timeout(2)
    lab.acted()
    lab.router.run("ip", "route", "add", "unreachable", f"{lab.address(lab.server)}/32")
    client.send(150)
    lab.wait(12)
    lab.noise()
    lab.truth("retransmission_timeout.data", "lingering_established.data_unanswered", closer="client|none")
