"""Segments that belong to no connection, and the resets they draw. All hand-made."""

from lab import Socket
from raw import ACK, FIN, PSH, RST, SYN, RawEnd
from recording import recording

URG = 32


@recording("stray-ack", "hand-made ACK to a closed port, twice, as an ACK scan or a leftover of a forgotten connection", ipv4_only=True)
def ack(lab):
    lab.capture()
    probe(lab, 9001, 40010, [ACK, ACK])
    lab.truth("reset_other.stray", "rst_after_kill.peer_forgot", closer="none|unknown|server|client")


@recording("stray-scan", "hand-made FIN, NULL and Xmas segments to closed ports, as port scanners send them", ipv4_only=True)
def scan(lab):
    lab.capture()
    for stream, flags in enumerate((FIN, 0, FIN | PSH | URG)):
        probe(lab, 9001 + stream, 40011, [flags])
        lab.truth("reset_other.stray", closer="none|unknown|server|client", stream=stream)


@recording("stray-syn-ack", "hand-made SYN-ACK that nobody asked for, as backscatter of a flood with forged addresses, and the reset it draws", ipv4_only=True)
def syn_ack(lab):
    lab.capture()
    other = RawEnd(lab, lab.server, 443, lab.client, 40012)
    other.send(SYN | ACK, ack=777_001)
    lab.wait(0.3)
    lab.truth("reset_other.stray", "handshake_failed.reset_by_client", closer="none|unknown|client|server")


def probe(lab, port, source_port, all_flags):
    client = RawEnd(lab, lab.client, source_port, lab.server, port)
    for flags in all_flags:
        client.send(flags, ack=5_000_000 if flags & ACK else 0)
        lab.wait(0.2)


@recording("stray-storm", "the server's host reboots; a hand-made client takes no notice of its resets and repeats an ACK 20 times", ipv4_only=True)
def storm(lab):
    RawEnd.mute(lab.client, 40013)
    lab.capture()
    server = lab.listen()
    client = RawEnd(lab, lab.client, 40013, lab.server, server.port)
    client.open()
    server.ask("s", "accept", server.listener)
    lab.pair(None, Socket(server, "s"))
    client.push(120)
    server.ask("s", "receive", 120, 1)
    client.hear()
    server.ask("s", "send", 400, 1)
    client.hear()
    client.send(ACK)
    lab.wait(0.2)
    lab.server.reboot()
    lab.wait(0.3)
    for _ in range(20):
        client.send(ACK)
        client.hear(keep=False)
        lab.wait(0.02)
    lab.truth("rst_after_kill.peer_forgot", closer="server", findings=["rst_storm"])
