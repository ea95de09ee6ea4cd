"""Closes by FIN that are more than a close: requests left without an answer, farewells that need none, nothing said."""

import os
import subprocess

from recording import recording


@recording("fin-no-payload", "server accepts, says nothing and closes after 1.5 s; the client closes in reply")
def no_payload(lab):
    lab.capture()
    client, server = lab.connect()
    lab.wait(1.5)
    server.close()
    client.receive()
    client.close()
    lab.truth("graceful_fin.no_payload", closer="server", findings=["no_payload"])


@recording("fin-port-check", "a monitor connects and closes at once, without a word; the server closes in reply")
def port_check(lab):
    lab.capture()
    client, server = lab.connect()
    client.close()
    server.receive()
    server.close()
    lab.truth("rst_abort.health_check", "graceful_fin.no_payload", closer="client", findings=["no_payload"])


@recording("kill-in-request", "SIGKILL to a server that answered two requests and has read the third; the client closes on the end of the stream")
def in_request(lab):
    lab.capture()
    client, server = lab.open()
    lab.exchange(client, server)
    client.send(150)
    server.receive(150)
    lab.wait(0.3)
    server.process.kill("KILL")
    client.receive()
    client.close()
    lab.truth("graceful_fin.unanswered_request", closer="server", findings=["unanswered_request"])


@recording("fin-gave-up", "client waits 2 s for the answer to its second request, gives up and closes; the server, still at work, closes on the end of the stream")
def gave_up(lab):
    lab.capture()
    client, server = lab.open()
    client.send(150)
    server.receive(150)
    lab.wait(2)
    client.close()
    server.receive()
    server.close()
    lab.truth("graceful_fin.unanswered_request", closer="client", findings=["unanswered_request"])


@recording("goodbye-quit", "SMTP without TLS: client says QUIT, and the server closes without an answer: nothing is owed")
def quit_unanswered(lab):
    lab.capture()
    client, server = lab.connect(server=lab.listen(25))
    say(server, client, "220 mail.example ESMTP\r\n")
    say(client, server, "EHLO client.example\r\n")
    say(server, client, "250 mail.example\r\n")
    lab.wait(0.2)
    say(client, server, "QUIT\r\n")
    server.close()
    client.receive()
    client.close()
    lab.truth("graceful_fin.normal", closer="server")


@recording("goodbye-one-way", "a sender of log lines that are never answered; the server closes 0.5 s after the last one")
def one_way(lab):
    lab.capture()
    client, server = lab.connect(server=lab.listen(601))
    for at in range(5):
        say(client, server, f"<14>1 2024-05-01T12:00:0{at}Z client.example app - - - line {at}\n")
        lab.wait(0.1)
    lab.wait(0.5)
    server.close()
    client.receive()
    client.close()
    lab.truth("graceful_fin.normal", closer="server")


def say(source, target, text):
    source.say(text)
    target.receive(len(text))


def close_notify(lab, version):
    lab.capture()
    client, server = lab.connect(server=lab.listen(443))
    encrypt(lab, client, server, version)
    lab.exchange(client, server)
    lab.wait(1.5)
    lab.acted()
    server.ask("say_goodbye")
    server.close()
    client.receive()
    client.ask("say_goodbye")
    client.close()
    lab.truth("graceful_fin.close_notify", closer="server", findings=["tls_close_notify"])


@recording("tls-close-notify-12", "TLS 1.2: server says close_notify and closes after 1.5 s idle; the client's own close_notify meets a reset: nothing is lost")
def close_notify_12(lab):
    close_notify(lab, "TLSv1_2")


@recording("tls-close-notify-13", "the same with TLS 1.3, which hides what kind of record it is")
def close_notify_13(lab):
    close_notify(lab, "TLSv1_3")


@recording("tls-write-after-close", "TLS 1.3: server says close_notify and closes; the client does not look and sends its next request: this one is lost")
def write_after_close(lab):
    lab.capture()
    client, server = lab.connect(server=lab.listen(443))
    encrypt(lab, client, server, "TLSv1_3")
    lab.exchange(client, server)
    lab.wait(0.5)
    lab.acted()
    server.ask("say_goodbye")
    server.close()
    lab.wait(0.3)
    client.send(120)
    lab.truth("rst_after_kill.write_after_close", closer="server")


def encrypt(lab, client, server, version):
    """TLS with a certificate made for this once."""
    path = os.path.join(lab.scratch(), "server.pem")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    subprocess.run([*command, "-subj", "/CN=server.example", "-keyout", path, "-out", f"{path}.crt"], check=True, capture_output=True)
    with open(path, "a") as target, open(f"{path}.crt") as source:
        target.write(source.read())
    server.process.tell(server.name, "encrypt", path, version)
    client.ask("encrypt", None, version)
    server.process.answer()
