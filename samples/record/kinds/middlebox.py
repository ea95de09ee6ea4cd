"""Resets that do not come from the host whose address they carry, and what firewalls do to connections."""

from raw import ACK, RST, RawEnd
from recording import recording

REJECT = "table inet lab {\n chain c { type filter hook forward priority 0;\n  tcp dport 8080 reject with tcp reset\n }\n}\n"


@recording("middlebox-reset", "a router begins to reject the client's packets with tcp-reset: the client is reset, the server is not and goes on", routed=True)
def reset(lab):
    lab.capture(lab.client)
    client, server = lab.open()
    lab.acted()
    lab.router.firewall(REJECT)
    client.send(150)
    lab.wait(0.3)
    server.send(200)
    lab.wait(1.5)
    lab.truth("reset_other.middlebox", closer="middlebox")


@recording("middlebox-reset-any", "the same, captured with tcpdump -i any on the router: the rejected packet and the RST are there once, all else twice", routed=True)
def reset_any(lab):
    lab.capture(lab.router, interface="any", options=("-y", "LINUX_SLL2"))
    client, server = lab.open()
    lab.acted()
    lab.router.firewall(REJECT)
    client.send(150)
    lab.wait(0.5)
    lab.truth("reset_other.middlebox", closer="middlebox")


@recording("middlebox-reset-unseen", "the same, captured at the server, which sees none of it but the client's answers to its own data", routed=True)
def reset_unseen(lab):
    lab.capture(lab.server)
    client, server = lab.open()
    lab.acted()
    lab.router.firewall(REJECT)
    client.send(150)
    lab.wait(0.3)
    server.send(200)
    lab.wait(1.5)
    lab.truth("lingering_established.data_unanswered", "rst_after_kill.peer_forgot", closer="none|client")


@recording("middlebox-nat-timeout", "a NAT forgets an idle connection; the client's next request is answered with a RST by the router", routed=True)
def nat_timeout(lab):
    lab.capture(lab.client)
    client, server = lab.open()
    lab.wait(0.5)
    lab.acted()
    lab.router.firewall(REJECT)
    client.send(150)
    lab.wait(0.3)
    lab.truth("reset_other.middlebox", closer="middlebox")


@recording("middlebox-injected", "forged RSTs towards the client: three in a row with rising sequence numbers, as censors send them; the server knows of nothing", routed=True, ipv4_only=True)
def injected(lab):
    lab.capture(lab.client)
    client, server = lab.open(source_port=40005)
    lab.wait(0.2)
    forger = spoofed(lab, server.process.port)
    client.send(180)
    seq = next_seq(lab, server.process.port)
    lab.acted()
    for step in (0, 1460, 4380):
        forger.send(RST | ACK, seq=seq + step, ack=1, window=0, ttl=61, ip_id=0x1234 + step)
    server.receive(180)
    server.send(900)
    lab.wait(0.5)
    lab.truth("reset_other.injected", "reset_other.middlebox", closer="middlebox")


@recording("middlebox-blind-reset", "a forged RST inside the client's window but not exact: the client asks back (RFC 5961) and the connection goes on", routed=True, ipv4_only=True)
def blind_reset(lab):
    lab.capture(lab.client)
    client, server = lab.open(source_port=40005)
    lab.wait(0.2)
    forger = spoofed(lab, server.process.port)
    forger.send(RST, seq=next_seq(lab, server.process.port) + 5000, window=0, ttl=61)
    lab.wait(0.3)
    lab.exchange(client, server)
    client.close()
    server.receive()
    server.close()
    lab.truth("graceful_fin.normal", closer="client")


def spoofed(lab, port):
    """A raw end in the router that carries the server's address."""
    forger = RawEnd(lab, lab.router, port, lab.client, 40005)
    forger.address = lab.address(lab.server)
    return forger


def next_seq(lab, port):
    """What the client expects next from the server, as its kernel has it in the capture so far."""
    import subprocess

    lab.wait(0.1)
    path = lab.captures[0].path
    text = subprocess.run(["tcpdump", "-S", "-n", "-r", path, f"tcp and dst port {port}"], capture_output=True, text=True).stdout
    acks = [line.split(" ack ")[1].split(",")[0] for line in text.splitlines() if " ack " in line]
    return int(acks[-1])
