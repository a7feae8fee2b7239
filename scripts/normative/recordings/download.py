"""Fetching a recording over HTTP, whole and verified or not at all."""

import contextlib
import os
import re
import signal
from pathlib import Path

import pooch
from requests import exceptions
from tqdm import tqdm

from normative.workflow.errors import UserError

GO_ON = (
    "To go on without a network, fetch the file elsewhere and give its `path` under `datasets` "
    "in the config, or run with `--config dataset=simulated`."
)


CHUNK = 1 << 16  # bytes


class NotTheFile(Exception):
    """The server does not send the file, for a reason told: trying again will not help."""


def download(url, path, md5, timeout=30, retries=3, most_bytes=8 << 30):
    """Fetch a file with pooch: progress shown, retried with back-off, its MD5 verified.

    Parameters
    ----------
    url, path : str
        The file appears at `path` only when it is complete and its MD5 is right.
    md5 : str
        32 hexadecimal digits.
    timeout : float
        Seconds without a byte after which a try is given up.
    retries : int
        Further tries after the first, 1 s, 2 s, 3 s … later.
    most_bytes : int
        Larger files are given up.

    Raises
    ------
    UserError
        If the file could not be had: what happened, and how to go on without a network.
    """
    path = Path(path)

    def fetch_file(url, output_file, manager):
        progress = _Bounded(most_bytes, unit="B", unit_scale=True, ncols=79)
        fetch = pooch.HTTPDownloader(progressbar=progress, timeout=timeout, chunk_size=CHUNK)
        with contextlib.closing(progress), _growing(output_file, 4 * timeout):
            fetch(url, output_file, manager)
        with open(output_file, "rb") as file:
            start = file.read(512).lstrip().lower()
        if start.startswith((b"<!doctype html", b"<html", b"<?xml")):
            raise NotTheFile(
                "the server sent a web page (a login or an error page?) instead of the file"
            )

    manager = pooch.create(
        path.parent,
        base_url="",
        registry={path.name: f"md5:{md5}"},
        urls={path.name: url},
        retry_if_failed=retries,
    )
    try:
        manager.fetch(path.name, downloader=fetch_file)
    except (exceptions.RequestException, NotTheFile, ValueError, OSError) as error:
        raise UserError(f"{url}: {_reason(error, md5, timeout)}. {GO_ON}") from error


class _Bounded(tqdm):
    """A progress bar that breaks the transfer off when more comes than is allowed."""

    def __init__(self, most_bytes, **look):
        super().__init__(**look)
        self.most_bytes = most_bytes

    def __bool__(self):
        return True  # pooch asks whether there is one; tqdm's own answer is whether it has a total

    def update(self, n=1):
        if max(self.n + n - CHUNK, self.total or 0) > self.most_bytes:
            raise NotTheFile(f"it sends more than {self.most_bytes:,} bytes")
        return super().update(n)


@contextlib.contextmanager
def _growing(path, seconds):
    """Break a transfer off when its file has not grown for so long.

    A time-out is over with each byte that comes, and a server may send one a minute.
    """
    size = 0

    def look(number, frame):
        nonlocal size
        found = os.path.getsize(path) if os.path.exists(path) else 0
        if found <= size:
            raise NotTheFile(f"the server sent less than {CHUNK:,} bytes within {seconds:g} s")
        size = found

    before = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, seconds, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _reason(error, md5, timeout):
    """Say in a few words why a download failed."""
    text = str(error)
    if isinstance(error, NotTheFile):
        return text
    if isinstance(error, exceptions.TooManyRedirects):
        return "the server sends in a circle, from one address to the next"
    if isinstance(error, exceptions.HTTPError):
        return f"the server answered {error.response.status_code} {error.response.reason}"
    if isinstance(error, exceptions.Timeout) or "Read timed out" in text:
        return f"no answer within {timeout:g} s"
    if isinstance(error, exceptions.ChunkedEncodingError | exceptions.ContentDecodingError):
        return "the transfer broke off before the file was complete"
    if isinstance(error, exceptions.SSLError):
        return f"the server's certificate was not accepted ({text})"
    if isinstance(error, exceptions.ConnectionError):
        return "could not connect (refused, no such host or no network)"
    if isinstance(error, exceptions.RequestException):
        return f"the request failed ({text})"
    if isinstance(error, OSError):
        return f"the file could not be written ({error.strerror or text})"
    found = re.search(r"but got (?:md5:)?([0-9a-f]{32})", text)
    return f"its MD5 is {found[1] if found else 'another'}, expected {md5}"


def verify_md5(path, md5):
    """Check a file that the user has.

    Raises
    ------
    UserError
        If its MD5 differs.
    """
    found = pooch.file_hash(os.fspath(path), alg="md5")
    if found != md5.lower():
        raise UserError(
            f"{path}: its MD5 is {found}, expected {md5}; fetch the file again, or correct `md5` "
            "in the config"
        )
