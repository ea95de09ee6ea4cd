"""Resets that a living process causes."""

import socket

from recording import recording

TCP_LINGER2 = 8


@recording("close-unread", "server close()s with 300 unread bytes: no kill, the same packets")
def close_unread(lab):
    lab.capture()
    client, server = lab.open()
    client.send(300)
    lab.wait(0.3)
    server.close()
    lab.truth("rst_after_kill.unread_data", closer="server")


@recording("close-unread-answered", "server answers without reading all of the request, and closes: the client may lose the answer")
def close_unread_answered(lab):
    lab.capture()
    client, server = lab.open()
    client.send(900)
    server.receive(100)
    server.send(250)
    server.close()
    lab.truth("rst_after_kill.unread_data", "rst_abort.abort", closer="server")


@recording("abort-linger0", "server closes with SO_LINGER {1, 0}")
def linger0(lab):
    lab.capture()
    client, server = lab.open()
    lab.wait(0.3)
    server.abort()
    lab.truth("rst_abort.abort", closer="server")


@recording("abort-linger0-client", "client closes with SO_LINGER {1, 0} after the answer, as load generators and health checks do")
def linger0_client(lab):
    lab.capture()
    client, server = lab.open()
    client.abort()
    lab.truth("rst_after_kill.unread_data", "rst_abort.abort", closer="client")


@recording("abort-health-check", "health check: connect, then SO_LINGER {1, 0} close without a word")
def health_check(lab):
    lab.capture()
    client, _server = lab.connect()
    client.abort()
    lab.truth("rst_abort.health_check", closer="client")


@recording("abort-ss-kill", "an administrator destroys the server's socket with ss -K; the process lives")
def ss_kill(lab):
    lab.capture()
    client, server = lab.open()
    lab.wait(0.3)
    lab.acted()
    lab.server.run("ss", "-K", "-t", "state", "established", f"( sport = :{server.process.port} )")
    lab.truth("rst_abort.abort", closer="server")


@recording("abort-close-wait", "client closes; the server, which has not read its last request, closes after 0.5 s")
def close_wait_abort(lab):
    lab.capture()
    client, server = lab.open()
    client.send(200)
    lab.wait(0.2)
    client.close()
    lab.wait(0.5)
    server.close()
    lab.truth("rst_abort.close_wait_abort", closer="client")


@recording("abort-after-fin", "server closes with TCP_LINGER2 below 0: FIN, and a RST as soon as that is acknowledged")
def abort_after_fin(lab):
    lab.capture()
    client, server = lab.open()
    server.shutdown()
    lab.wait(0.2)
    server.option(socket.IPPROTO_TCP, TCP_LINGER2, -1)
    server.close()
    lab.truth("rst_abort.abort_after_fin", closer="server")


@recording("abort-half-closed", "server shuts its sending side down and aborts 0.5 s later with a late request unread")
def abort_half_closed(lab):
    lab.capture()
    client, server = lab.open()
    server.shutdown()
    lab.wait(0.2)
    client.send(100)
    lab.wait(0.3)
    server.close()
    lab.truth("rst_abort.abort_after_fin", "rst_after_kill.unread_data", closer="server")


@recording("write-after-shutdown", "server shuts down and reads on, is killed 0.5 s later; the client writes another 0.5 s later")
def write_after_shutdown(lab):
    lab.capture()
    client, server = lab.open()
    server.shutdown()
    lab.wait(0.2)
    client.send(100)
    server.receive(100)
    lab.wait(0.3)
    server.process.kill("KILL")
    lab.wait(0.5)
    client.send(100)
    lab.truth("rst_after_kill.write_after_close", closer="server")
