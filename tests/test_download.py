"""A download is whole and verified, or ends in one line that says what happened."""

import contextlib
import hashlib
import socket
import struct
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from normative.recordings.download import download, verify_md5
from normative.workflow.errors import UserError

CONTENT = bytes(range(256)) * 500
MD5 = hashlib.md5(CONTENT).hexdigest()
LOGIN_PAGE = b"\n<!DOCTYPE html><html><body>Log in to the hotel's network</body></html>"


@pytest.fixture
def server():
    """A server on loopback that misbehaves as each path says, and counts its requests."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.requests += 1
            content, length = CONTENT, None
            if self.path == "/missing":
                self.send_error(404)
                return
            if self.path == "/recovers" and self.server.requests == 1:
                self.send_error(503)
                return
            if self.path == "/hangs":
                self.server.release.wait(10)
                return
            if self.path == "/circle":
                self.send_response(302)
                self.send_header("Location", "/circle")
                self.end_headers()
                return
            if self.path in ("/trickles", "/trickles-head", "/endless"):
                self.send_forever()
                return
            if self.path == "/reset":
                self.send_response(200)
                self.send_header("Content-Length", str(len(CONTENT)))
                self.end_headers()
                self.wfile.write(CONTENT[:90000])
                self.wfile.flush()
                linger = struct.pack("ii", 1, 0)  # close with a reset
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.connection.close()
                return
            if self.path == "/login":
                content = LOGIN_PAGE
            if self.path == "/truncated":
                content, length = CONTENT[:5000], len(CONTENT)
            if self.path == "/other":
                content = CONTENT[::-1]
            self.send_response(200)
            self.send_header("Content-Length", str(length or len(content)))
            self.end_headers()
            self.wfile.write(content)

        def send_forever(self):
            """A byte a tenth of a second, or as many as are taken, until the client goes."""
            if self.path == "/trickles-head":
                self.wfile.write(b"HTTP/1.0 200 OK\r\nX-Slow: ")
            else:
                self.send_response(200)
                self.end_headers()
            with contextlib.suppress(OSError):
                while not self.server.release.wait(0 if self.path == "/endless" else 0.1):
                    self.wfile.write(bytes(1 << 16) if self.path == "/endless" else b"x")
                    self.wfile.flush()

        def log_message(self, *args):
            pass

        def handle(self):
            with contextlib.suppress(OSError, ValueError):
                super().handle()

        def finish(self):
            with contextlib.suppress(OSError, ValueError):
                super().finish()

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.requests, http.release = 0, threading.Event()
        http.url = f"http://127.0.0.1:{http.server_port}"
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        yield http
        http.release.set()
        http.shutdown()
        thread.join()


def test_file_is_fetched_whole(server, tmp_path):
    download(f"{server.url}/file", tmp_path / "recording.npz", MD5)
    assert (tmp_path / "recording.npz").read_bytes() == CONTENT


def test_server_that_recovers_is_asked_again_after_a_pause(server, tmp_path):
    start = time.monotonic()
    download(f"{server.url}/recovers", tmp_path / "recording.npz", MD5.upper())
    assert time.monotonic() - start >= 1
    assert server.requests == 2
    assert (tmp_path / "recording.npz").read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("path", "message", "requests"),
    [
        ("/missing", "the server answered 404 Not Found", 2),
        ("/hangs", "no answer within 0.3 s", 2),
        ("/login", "the server sent a web page", 1),
        ("/truncated", "the transfer broke off before the file was complete", 2),
        ("/circle", "the server sends in a circle", 62),
        ("/trickles", "the server sent less than 65,536 bytes within 1.2 s", 1),
        ("/trickles-head", "the server sent less than 65,536 bytes within 1.2 s", 1),
        ("/endless", "it sends more than 1,000,000 bytes", 1),
        ("/reset", "the transfer broke off before the file was complete", 2),
        ("/other", f"its MD5 is {hashlib.md5(CONTENT[::-1]).hexdigest()}, expected {MD5}", 2),
    ],
)
def test_failure_says_what_happened_and_how_to_go_on(server, tmp_path, path, message, requests):
    with pytest.raises(UserError) as error:
        download(
            server.url + path,
            tmp_path / "recording.npz",
            MD5,
            timeout=0.3,
            retries=1,
            most_bytes=10**6,
        )
    line = str(error.value)
    assert message in line
    assert line.startswith(server.url + path)
    assert "give its `path`" in line
    assert "--config dataset=simulated" in line
    assert "\n" not in line
    assert server.requests == requests
    assert not list(tmp_path.iterdir()), "something half-written is left behind"


def test_file_larger_than_allowed_is_not_fetched_at_all(server, tmp_path):
    """Its size is told before its content."""
    with pytest.raises(UserError, match="it sends more than 1,000 bytes"):
        download(f"{server.url}/file", tmp_path / "recording.npz", MD5, most_bytes=1000)
    assert not list(tmp_path.iterdir())


def test_two_processes_that_download_at_once_both_have_the_file(server, tmp_path, repository):
    script = (
        "import sys; sys.path.append(sys.argv[1]); "
        "from normative.recordings.download import download; download(*sys.argv[2:])"
    )
    command = [sys.executable, "-c", script, repository / "scripts", f"{server.url}/file"]
    running = [
        subprocess.Popen([*command, tmp_path / "recording.npz", MD5], stderr=subprocess.DEVNULL)
        for _ in range(4)
    ]
    assert [process.wait(timeout=60) for process in running] == [0] * 4
    assert (tmp_path / "recording.npz").read_bytes() == CONTENT
    assert len(list(tmp_path.iterdir())) == 1


def test_refused_connection_says_so(tmp_path):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/file"
        with pytest.raises(UserError, match="could not connect") as error:
            download(url, tmp_path / "recording.npz", MD5, retries=0)
    assert "\n" not in str(error.value)
    assert not list(tmp_path.iterdir())


def test_md5_of_a_file_of_ones_own_is_verified(tmp_path):
    (tmp_path / "mine.npz").write_bytes(CONTENT)
    verify_md5(tmp_path / "mine.npz", MD5.upper())
    with pytest.raises(UserError, match=f"mine.npz: its MD5 is {MD5}, expected {'0' * 32}"):
        verify_md5(tmp_path / "mine.npz", "0" * 32)
