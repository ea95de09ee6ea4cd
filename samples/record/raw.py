"""A host end without a kernel socket, for what Linux never sends by itself: forged resets, odd probes, other stacks."""

import socket
import struct
import time

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16


class RawEnd:
    """One end of a connection, written by hand. The host's own kernel must be kept quiet with `mute`."""

    def __init__(self, lab, host, port, peer, peer_port, seq=1000, ttl=64):
        from lab import Namespace

        self.lab, self.port, self.peer_port, self.ttl = lab, port, peer_port, ttl
        self.address, self.peer = lab.address(host), lab.address(peer)
        self.seq, self.ack, self.ip_id = seq, 0, 1000
        with Namespace(host.namespace):
            self.out = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
            self.seen = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
        self.seen.settimeout(0.2)
        self.window = 502

    @staticmethod
    def mute(host, port):
        """Keeps the kernel from answering what it knows nothing of."""
        host.drop("output", f"tcp sport {port} tcp flags & rst == rst ip id 0")

    def send(self, flags, payload=b"", seq=None, ack=None, window=None, ip_id=None, ttl=None, options=b""):
        seq = self.seq if seq is None else seq
        ack = self.ack if ack is None else ack
        offset = (20 + len(options)) // 4
        fields = (self.port, self.peer_port, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, offset << 4, flags)
        head = struct.pack("!HHIIBBHHH", *fields, self.window if window is None else window, 0, 0) + options
        pseudo = socket.inet_aton(self.address) + socket.inet_aton(self.peer) + struct.pack("!BBH", 0, 6, len(head) + len(payload))
        total = checksum(pseudo + head + payload)
        segment = head[:16] + struct.pack("!H", total) + head[18:] + payload
        self.ip_id += 1
        ip = struct.pack(
            "!BBHHHBBH4s4s", 0x45, 0, 20 + len(segment), self.ip_id if ip_id is None else ip_id, 0x4000,
            self.ttl if ttl is None else ttl, 6, 0, socket.inet_aton(self.address), socket.inet_aton(self.peer),
        )
        self.out.sendto(ip + segment, (self.peer, 0))

    def push(self, octets):
        self.send(PSH | ACK, b"y" * octets)
        self.seq += octets

    def hear(self, wait_s=1, keep=True):
        """The next segment of the peer with something in it: (flags, payload length); None when nothing comes."""
        until = time.monotonic() + wait_s
        while time.monotonic() < until:
            try:
                packet = self.seen.recv(70000)
            except TimeoutError:
                continue
            tcp = packet[(packet[0] & 15) * 4 :]
            source, target, seq, ack, offset, flags = struct.unpack("!HHIIBB", tcp[:14])
            if target != self.port or source != self.peer_port:
                continue
            length = len(tcp) - (offset >> 4) * 4
            if keep:
                step = length + (1 if flags & (SYN | FIN) else 0)
                self.ack = max(self.ack, seq + step) if self.ack else seq + step
            self.peer_ack = ack
            return flags, length
        return None

    def open(self):
        """The client's part of a handshake."""
        self.send(SYN, ack=0, options=struct.pack("!BBH", 2, 4, 1460))
        self.seq += 1
        self.hear()
        self.send(ACK)


def checksum(octets):
    if len(octets) & 1:
        octets += b"\0"
    total = sum(struct.unpack(f"!{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
