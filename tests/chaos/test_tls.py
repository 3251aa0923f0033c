"""A connection that breaks after the request was sent, beneath TLS: whether the write was done is not known."""

import datetime
import socket
import ssl
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from integrations import http

pytestmark = pytest.mark.chaos


@pytest.fixture
def certificate(tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "certificate.pem"
    plain = serialization.NoEncryption()
    encoded = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    file.write_bytes(encoded + made.public_bytes(serialization.Encoding.PEM))
    return str(file)


@pytest.fixture
def server(certificate):
    """Reads one request over TLS, says how its answer begins, then puts rubbish on the wire where TLS should be."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    received = []

    def serve(listening):
        try:
            plain, _address = listening.accept()
            secure = context.wrap_socket(plain, server_side=True, suppress_ragged_eofs=False)
            received.append(secure.recv(65536))
            if serve.begins:
                secure.sendall(serve.begins)
            with socket.socket(fileno=secure.detach()) as wire:
                wire.sendall(b"\x00" * 200)
        except OSError:
            return

    serve.begins = b""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, args=(listening,), daemon=True)
        thread.start()
        yield f"https://localhost:{listening.getsockname()[1]}", received, serve
    thread.join(2)


@pytest.mark.parametrize("begins", [b"", b"HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n{"], ids=["head", "body"])
def test_a_call_that_was_sent_is_never_called_unsent(server, certificate, begins, monkeypatch):
    url, received, serve = server
    serve.begins = begins
    monkeypatch.setattr(http.session(public_only=False), "verify", certificate)
    with pytest.raises(http.NoAnswer):
        http.send("POST", url, headers={}, body=b'{"contact": {}}')
    assert received[0].startswith(b"POST")
