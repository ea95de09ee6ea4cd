"""The same connections captured at two places at the same time, at both ends or on both sides of a router."""

from recording import recording

MIRROR = "mirror"
MONITOR = "monitor"


def at_both_ends(lab):
    lab.capture(lab.client, suffix=".client")
    lab.capture(lab.server, suffix=".server")


def truth_at_both(lab, *endings, closer, stream):
    for suffix in (".client", ".server"):
        lab.truth(*endings, closer=closer, stream=stream, suffix=suffix)


def closed(lab, server, client_first=True):
    """A connection that is used and closed without anything special."""
    near, far = lab.open(server=server)
    first, second = (near, far) if client_first else (far, near)
    first.close()
    second.receive()
    second.close()


@recording("pair-fin-lost", "two connections, captured at both ends; the router drops every FIN of the client on the second one: the server never learns that it closed", routed=True)
def fin_lost(lab):
    at_both_ends(lab)
    server = lab.listen()
    closed(lab, server)
    truth_at_both(lab, "graceful_fin.normal", closer="client", stream=0)
    client, _ = lab.open(server=server)
    lab.router.drop("forward", "tcp dport 8080 tcp flags & fin == fin")
    lab.acted_ns = None
    client.close()
    lab.wait(1.5)
    lab.noise()
    lab.truth("lingering_established.fin_unanswered", closer="client", stream=1, suffix=".client")
    lab.truth("lingering_established.idle", closer="none", stream=1, suffix=".server")


@recording("pair-reset-between", "two connections, captured at both ends; a firewall between them resets both sides of the second one: neither end sent a RST", routed=True)
def reset_between(lab):
    at_both_ends(lab)
    server = lab.listen()
    closed(lab, server)
    truth_at_both(lab, "graceful_fin.normal", closer="client", stream=0)
    client, far = lab.open(server=server)
    lab.acted_ns = None
    lab.acted()
    lab.router.firewall(rejecting("tcp dport 8080", "tcp sport 8080"))
    client.send(150)
    lab.wait(0.2)
    far.send(200)
    lab.wait(0.3)
    truth_at_both(lab, "reset_other.middlebox", closer="middlebox", stream=1)


@recording("pair-nat", "three connections through a router that gives them its own address and other ports, captured at both ends and closed without anything special", routed=True, ipv4_only=True)
def nat(lab):
    outside = lab.links[1].end_of(lab.router)
    lab.router.firewall(f'table ip lab {{\n chain p {{ type nat hook postrouting priority 100;\n oifname "{outside}" masquerade random\n }}\n}}\n')
    at_both_ends(lab)
    server = lab.listen()
    for stream, client_first in enumerate((True, False, True)):
        closed(lab, server, client_first)
        truth_at_both(lab, "graceful_fin.normal", closer="client" if client_first else "server", stream=stream)


@recording("hop-both-sides", "a monitor port that gets what passes on both sides of a router: every packet twice, the second time with a TTL less; the last of three connections is reset by the router", routed=True)
def hop(lab):
    router = lab.router
    router.run("ip", "link", "add", MIRROR, "type", "veth", "peer", "name", MONITOR)
    for name in (MIRROR, MONITOR):
        router.run("ip", "link", "set", name, "up")
    mirrored = "".join(mirroring(link.end_of(router), at) for at, link in enumerate(lab.links))
    router.firewall(mirrored)
    lab.capture(router, interface=MONITOR, expression="tcp")
    server = lab.listen()
    for stream, client_first in enumerate((True, False)):
        closed(lab, server, client_first)
        lab.truth("graceful_fin.normal", closer="client" if client_first else "server", stream=stream)
    client, _ = lab.open(server=server)
    lab.acted_ns = None
    lab.acted()
    router.firewall(mirrored + rejecting("tcp dport 8080"))
    client.send(150)
    lab.wait(0.3)
    lab.truth("reset_other.middlebox", closer="middlebox", stream=2)


def mirroring(interface, number):
    """Copies everything that comes in or goes out there to the monitor port."""
    chains = "".join(
        f" chain {hook} {{\n  type filter hook {hook} device {interface} priority 0;\n  dup to {MIRROR}\n }}\n" for hook in ("ingress", "egress")
    )
    return f"table netdev mirror{number} {{\n{chains}}}\n"


def rejecting(*matches):
    lines = "".join(f"  {match} reject with tcp reset\n" for match in matches)
    return f"table inet lab {{\n chain c {{\n  type filter hook forward priority 0;\n{lines} }}\n}}\n"
