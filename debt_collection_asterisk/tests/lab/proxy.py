"""A wire between the dialler and the PBX that may go half dead."""

import contextlib
import socket
import threading

from .ports import free_tcp


class Proxy:
    """Passes everything on; while `deaf`, nothing that a stream of events says."""

    def __init__(self, port):
        self._port = port
        self.deaf = False
        self._server = socket.create_server(("127.0.0.1", free_tcp()))
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                near, _address = self._server.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self._port))
            stream = threading.Event()
            for arguments in ((near, far, stream, True), (far, near, stream, False)):
                threading.Thread(target=self._pass, args=arguments, daemon=True).start()

    def _pass(self, source, target, stream, asks):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if asks and b"/ari/events" in data:
                    stream.set()
                if not asks and stream.is_set() and self.deaf:
                    continue
                target.sendall(data)
        for end in (source, target):
            # Closing alone is not told to the other side while somebody reads.
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def close(self):
        """Take no more connections."""
        self._server.close()
