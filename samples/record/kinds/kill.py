"""Processes that are killed, and what their kernel does for them."""

from recording import recording


def kill_with_nothing_unread(lab, signal_name):
    lab.capture()
    client, server = lab.open()
    server.process.kill(signal_name)
    client.receive()
    client.close()
    lab.truth("graceful_fin.normal", closer="server")


@recording("kill-sigkill-empty", "SIGKILL to a server with nothing unread; the client closes on the end of the stream")
def sigkill_empty(lab):
    kill_with_nothing_unread(lab, "KILL")


@recording("kill-sigterm-empty", "SIGTERM to a server with nothing unread; the client closes on the end of the stream")
def sigterm_empty(lab):
    kill_with_nothing_unread(lab, "TERM")


@recording("kill-segv-empty", "SIGSEGV to a server with nothing unread; the client closes on the end of the stream")
def segv_empty(lab):
    kill_with_nothing_unread(lab, "SEGV")


@recording("kill-exit-empty", "server calls _exit without closing anything")
def exit_empty(lab):
    lab.capture()
    client, server = lab.open()
    server.process.exit()
    client.receive()
    client.close()
    lab.truth("graceful_fin.normal", closer="server")


@recording("kill-sigkill-unread", "SIGKILL to a server with 500 unread bytes in its receive buffer")
def sigkill_unread(lab):
    lab.capture()
    client, server = lab.open()
    client.send(500)
    lab.wait(0.3)
    server.process.kill("KILL")
    lab.truth("rst_after_kill.unread_data", closer="server")


@recording("kill-sigterm-unread-client", "SIGTERM to a client that has not read the answer")
def sigterm_unread_client(lab):
    lab.capture()
    client, server = lab.open()
    client.send(100)
    server.receive(100)
    server.send(3000)
    lab.wait(0.3)
    client.process.kill("TERM")
    lab.truth("rst_after_kill.unread_data", "rst_abort.abort", closer="client")


@recording("kill-sigkill-peer-writes", "SIGKILL to an idle server; the client does not look at its socket and sends a request 1 s later")
def sigkill_peer_writes(lab):
    lab.capture()
    client, server = lab.open()
    server.process.kill("KILL")
    lab.wait(1)
    client.send(200)
    lab.truth("rst_after_kill.write_after_close", closer="server")


@recording("kill-sigkill-crossed", "SIGKILL to an idle server while a request is under way to it over a path of 20 ms", delay_s=0.02)
def sigkill_crossed(lab):
    lab.capture()
    client, server = lab.open()
    client.send(150)
    server.process.kill("KILL")
    lab.wait(0.3)
    lab.truth("rst_after_kill.crossed_close", closer="server")


@recording("kill-upload-answered", "server answers an upload early (413) and closes while the client still sends")
def upload_answered(lab):
    lab.capture(options=("-s", "128"))
    client, server = lab.open()
    client.process.tell(client.name, "send", 4_000_000, 1)
    server.receive(1000)
    server.send(250)
    server.close()
    client.process.answer()
    lab.truth("rst_after_kill.unread_data", "rst_after_kill.crossed_close", "rst_abort.abort", closer="server")


@recording("kill-mid-download", "SIGKILL to a server with 1 MB still in its send buffer: the kernel delivers it, then closes")
def mid_download(lab):
    lab.capture(options=("-s", "128"))
    client, server = lab.open()
    server.send(1_000_000, 0.3)
    server.process.kill("KILL")
    client.receive()
    client.close()
    lab.truth("graceful_fin.normal", closer="server")


@recording("kill-listener-unaccepted", "SIGKILL to a server with 5 connections in its accept queue, 2 of them with a request")
def listener_unaccepted(lab):
    lab.capture()
    server = lab.listen()
    clients = [lab.connect(server=server, accept=False)[0] for _ in range(5)]
    clients[0].send(100)
    clients[3].send(200)
    lab.wait(0.2)
    server.kill("KILL")
    lab.wait(0.2)
    for stream in range(5):
        lab.truth("rst_after_kill.unaccepted", closer="server", stream=stream)


@recording("kill-listener-beside-accepted", "server closes its listener with one connection accepted and used, and two waiting")
def listener_beside_accepted(lab):
    lab.capture()
    server = lab.listen()
    used, end = lab.open(server=server)
    waiting = [lab.connect(server=server, accept=False)[0] for _ in range(2)]
    waiting[1].send(80)
    lab.wait(0.2)
    lab.acted()
    server.ask(server.listener, "close")
    lab.wait(0.3)
    lab.exchange(used, end)
    used.close()
    end.receive()
    end.close()
    lab.truth("graceful_fin.normal", closer="client", stream=0)
    lab.truth("rst_after_kill.unaccepted", closer="server", stream=1)
    lab.truth("rst_after_kill.unaccepted", closer="server", stream=2)


@recording("kill-many", "SIGKILL to a server with 12 connections: 4 idle, 4 with a request unread, 4 in the accept queue; the next client is refused")
def many(lab):
    lab.capture()
    server = lab.listen()
    client = lab.client.process()
    pairs = [lab.open(server=server, client=client) for _ in range(8)]
    for near, _ in pairs[4:]:
        near.send(300)
    for _ in range(4):
        lab.connect(server=server, client=client, accept=False)
    lab.wait(0.3)
    server.kill("KILL")
    lab.wait(0.1)
    for near, _ in pairs[:4]:
        near.receive()
        near.close()
    lab.connect(server=server, client=client, accept=False)
    for stream in range(4):
        lab.truth("graceful_fin.normal", closer="server", stream=stream)
        lab.truth("rst_after_kill.unread_data", closer="server", stream=stream + 4)
        lab.truth("rst_after_kill.unaccepted", closer="server", stream=stream + 8)
    lab.truth("handshake_failed.refused", closer="server", stream=12)


@recording("kill-fork-shared", "SIGKILL to a server whose forked child holds the descriptor beyond the end of the capture: killed, and still open")
def fork_shared(lab):
    lab.capture()
    client, server = lab.open()
    server.ask("fork", 6)
    server.process.kill("KILL")
    # The child still holds it and does not say.
    server.process.is_lost = True
    lab.wait(0.5)
    client.send(120)
    lab.wait(1)
    lab.truth("lingering_established.active", "lingering_established.idle", closer="none")
