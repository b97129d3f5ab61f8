"""A line between browser and server that can be made slow, or cut.

Chromium's own throttling leaves uploads alone, and the tests must see one that is under way.
"""

import contextlib
import socket
import threading
import time
from urllib.parse import urlsplit

PIECE = 16 * 1024


class Line:
    """Listens on a port of its own and forwards to the server of `url`."""

    def __init__(self, url):
        target = urlsplit(url)
        self.target = (target.hostname, target.port or 80)
        self.upload_bytes_per_second = None
        self.is_cut = False
        self.open = set()
        self.listener = socket.socket()
        # Small, so that the browser cannot hand over what has not been forwarded.
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(64)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    @contextlib.contextmanager
    def slow(self, bytes_per_second):
        self.upload_bytes_per_second = bytes_per_second
        try:
            yield
        finally:
            self.upload_bytes_per_second = None

    @contextlib.contextmanager
    def cut(self):
        """Ends every connection and takes no new one."""
        self.is_cut = True
        for end in list(self.open):
            _shut(end)
        try:
            yield
        finally:
            self.is_cut = False

    def close(self):
        _shut(self.listener)

    def _accept(self):
        while True:
            try:
                browser, _ = self.listener.accept()
            except OSError:
                return
            if self.is_cut:
                browser.close()
                continue
            try:
                server = socket.create_connection(self.target, timeout=10)
            except OSError:
                browser.close()
                continue
            server.settimeout(None)
            self.open |= {browser, server}
            if self.is_cut:
                _shut(browser)
                _shut(server)
                continue
            for source, sink, is_upload in ((browser, server, True), (server, browser, False)):
                threading.Thread(
                    target=self._forward, args=(source, sink, is_upload), daemon=True).start()

    def _forward(self, source, sink, is_upload):
        try:
            while piece := source.recv(PIECE):
                sink.sendall(piece)
                if is_upload and self.upload_bytes_per_second:
                    time.sleep(len(piece) / self.upload_bytes_per_second)
        except OSError:
            pass
        _shut(source)
        _shut(sink)
        self.open -= {source, sink}


def _shut(end):
    """Ends a connection at once, also for a thread that waits for it."""
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    end.close()
