"""What a capture does to the picture: one direction, cut packets, tunnels, doubled packets, ports used again."""

from recording import recording


def three(lab, port=8080):
    """Three endings: graceful, server killed with unread data, data after the server's close."""
    server = lab.listen(port)
    a, b = lab.open(server=server)
    a.close()
    b.receive()
    b.close()
    c, d = lab.open(server=server)
    d.close()
    lab.wait(0.3)
    c.send(99)
    lab.wait(0.1)
    e, f = lab.open(server=server)
    e.send(50)
    lab.wait(0.2)
    server.kill("KILL")


def truths(lab, suffix=""):
    lab.truth("graceful_fin.normal", closer="client", stream=0, suffix=suffix)
    lab.truth("rst_after_kill.write_after_close", closer="server", stream=1, suffix=suffix)
    lab.truth("rst_after_kill.unread_data", closer="server", stream=2, suffix=suffix)


@recording("one-direction", "three connections (graceful; data after the server's close; server killed with unread data), only the client's packets captured")
def one_direction(lab):
    lab.capture(expression="dst port 8080")
    three(lab)
    for stream in range(3):
        lab.truth("incomplete.one_direction", closer="unknown", stream=stream)


@recording("one-direction-server", "the same three, only the server's packets captured")
def one_direction_server(lab):
    lab.capture(expression="src port 8080")
    three(lab)
    lab.truth("incomplete.one_direction", closer="unknown", stream=0)
    lab.truth("rst_after_kill.write_after_close", "rst_abort.abort_after_fin", "incomplete.one_direction", closer="server|unknown", stream=1)
    lab.truth("rst_after_kill.unread_data", "rst_abort.abort", "incomplete.one_direction", closer="server|unknown", stream=2)


@recording("rst-only", "a capture filter that lets only RSTs through", ipv4_only=True)
def rst_only(lab):
    lab.capture(expression="tcp[13] & 4 != 0")
    client, server = lab.open()
    client.send(300)
    lab.wait(0.3)
    server.close()
    lab.truth("incomplete.rst_only", closer="unknown")


@recording("fin-only", "the capture begins after the connection was used and ends before the second FIN", ipv4_only=True)
def fin_only(lab):
    client, server = lab.open()
    lab.capture(expression="tcp[13] & 1 != 0 and src port 8080")
    server.close()
    lab.wait(0.2)
    lab.truth("incomplete.fin_only", closer="unknown")


@recording("midstream", "the capture begins after the handshake, then the server is killed with unread data")
def midstream(lab):
    client, server = lab.open()
    lab.capture()
    lab.exchange(client, server)
    client.send(500)
    lab.wait(0.3)
    server.process.kill("KILL")
    lab.truth("rst_after_kill.unread_data", closer="server")


@recording("midstream-one-packet", "the capture holds one packet of the connection", ipv4_only=True)
def midstream_one(lab):
    lab.capture(options=("-c", "1"), expression="tcp[13] & 8 != 0")
    client, server = lab.open()
    lab.wait(0.2)
    lab.truth("incomplete.midstream", closer="unknown")


@recording("ports-reused", "the same ports three times, each ended by a SO_LINGER 0 close of the client")
def ports_reused(lab):
    lab.capture()
    server = lab.listen()
    for stream in range(3):
        client, end = lab.open(server=server, source_port=40006)
        client.abort()
        lab.wait(0.2)
        lab.truth("rst_after_kill.unread_data", "rst_abort.abort", closer="client", stream=stream)


@recording("ports-reused-time-wait", "the same ports again while the server still has the first connection in TIME-WAIT")
def ports_reused_time_wait(lab):
    lab.capture()
    server = lab.listen()
    for stream in range(2):
        client, end = lab.open(server=server, source_port=40007)
        end.close()
        client.receive()
        client.close()
        lab.wait(1.2)
        lab.truth("graceful_fin.normal", closer="server", stream=stream)


@recording("ipv6", "three connections over IPv6, times in ns, written as pcapng", ipv6=True)
def ipv6(lab):
    lab.capture(options=("--time-stamp-precision=nano",), extension="pcapng")
    three(lab)
    truths(lab)


@recording("vxlan", "three connections inside a VXLAN of the kernel (id 42, port 4789)", ipv4_only=True)
def vxlan(lab):
    for host, other, last in ((lab.client, lab.server, 1), (lab.server, lab.client, 2)):
        interface = lab.interface(host)
        host.run("ip", "link", "add", "vx", "type", "vxlan", "id", "42", "dstport", "4789", "remote", lab.address(other), "local", lab.address(host), "dev", interface)
        host.run("ip", "addr", "add", f"10.99.{lab.number}.{last}/24", "dev", "vx")
        host.run("ip", "link", "set", "vx", "up")
    outside = lab.address
    lab.capture()
    lab.address = lambda host: f"10.99.{lab.number}.{1 if host is lab.client else 2}" if host in (lab.client, lab.server) else outside(host)
    three(lab)
    truths(lab)


@recording("any-interface", "tcpdump -i any on a router: every packet twice", routed=True)
def any_interface(lab):
    lab.capture(lab.router, interface="any", options=("-y", "LINUX_SLL2"))
    three(lab)
    truths(lab)


@recording("nat-both-sides", "tcpdump -i any on a router that translates the server's address: every connection twice, under two names", routed=True, ipv4_only=True)
def nat(lab):
    public = lab.links[0].address(lab.router)
    lab.router.firewall(
        "table ip lab {\n"
        f" chain p {{ type nat hook prerouting priority -100;\n ip daddr {public} tcp dport 8080 dnat to {lab.address(lab.server)}:8080\n }}\n"
        " chain s { type nat hook postrouting priority 100;\n ip protocol tcp masquerade\n }\n}\n"
    )
    outside = lab.address
    lab.capture(lab.router, interface="any", options=("-y", "LINUX_SLL2"))
    lab.address = lambda host: public if host is lab.server else outside(host)
    three(lab)
    for at, (ending, closer) in enumerate((("graceful_fin.normal", "client"), ("rst_after_kill.write_after_close", "server"), ("rst_after_kill.unread_data", "server"))):
        lab.truth(ending, closer=closer, stream=2 * at, of=at)
        lab.truth(ending, closer=closer, stream=2 * at + 1, of=at)


@recording("snaplen-54", "two connections cut to 54 bytes: the TCP options are missing", ipv4_only=True)
def snaplen(lab):
    lab.capture(options=("-s", "54"))
    server = lab.listen()
    a, b = lab.open(server=server)
    a.close()
    b.receive()
    b.close()
    c, d = lab.open(server=server)
    c.send(50)
    lab.wait(0.2)
    server.kill("KILL")
    lab.truth("graceful_fin.normal", closer="client", stream=0)
    lab.truth("rst_after_kill.unread_data", closer="server", stream=1)


@recording("loopback", "client and server on one host, captured on lo", ipv4_only=True)
def loopback(lab):
    lab.capture(lab.server, interface="lo")
    lab.client = lab.server
    lab.address = lambda host: "127.0.0.1"
    three(lab)
    truths(lab)
