#!/usr/bin/env python3
"""A proxy before the service: both count the same requests, whatever clients send.

    proxies_test.py <service program> [test...]

Every vector of tests/http/vectors goes through nginx and through haproxy.
"""
import concurrent.futures
import contextlib
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tools/acts'))
from service import Service, wait_until  # noqa: E402

PROGRAM = None
QUIET_S = 0.3
NGINX = '''
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  log_format asked '$upstream_status';
  access_log {folder}/access.log asked;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  upstream shop {{ server 127.0.0.1:{service}; keepalive 8; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://shop; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_next_upstream off;
    }}
  }}
}}
'''
HAPROXY = '''
global
  log stdout format raw local0
defaults
  mode http
  log global
  retries 0
  timeout connect 5s
  timeout client 5s
  timeout server 5s
  log-format "%s %ST"
frontend in
  bind 127.0.0.1:{port}
  default_backend shop
backend shop
  server shop 127.0.0.1:{service}
'''


def unescaped(text):
    def one(found):
        escape = found[0]
        if escape[1:2] == b'{':
            count, _, what = escape[2:-1].partition(b'*')
            return unescaped(what) * int(count)
        if escape[1:2] == b'x':
            return bytes([int(escape[2:], 16)])
        return {b'r': b'\r', b'n': b'\n', b't': b'\t', b'\\': b'\\'}[escape[1:2]]
    return re.sub(rb'\\(\{[^}]*\}|x[0-9A-F]{2}|.)', one, text)


def vectors():
    for file in sorted((ROOT / 'tests/http/vectors').glob('*.txt')):
        for paragraph in file.read_bytes().split(b'\n== ')[1:]:
            lines = [line for line in paragraph.split(b'\n')[2:] if line[:1] in (b'>', b'-')]
            yield b''.join(unescaped(line[1:]) + (b'\r\n' if line[:1] == b'>' else b'')
                           for line in lines)


def free_port():
    with socket.create_server(('127.0.0.1', 0)) as listener:
        return listener.getsockname()[1]


def send_and_read(port, raw):
    """Sends it, and reads until the other end closes or has been quiet for a while."""
    with socket.create_connection(('127.0.0.1', port), timeout=5) as peer:
        peer.settimeout(QUIET_S)
        with contextlib.suppress(OSError):
            peer.sendall(raw)
            while peer.recv(65536):
                pass


class Proxies(unittest.TestCase):
    def setUp(self):
        self.scope = contextlib.ExitStack()
        self.addCleanup(self.scope.close)
        self.folder = pathlib.Path(
            self.scope.enter_context(tempfile.TemporaryDirectory(prefix='coil-proxies-')))
        self.service = self.scope.enter_context(
            Service(PROGRAM, self.folder / 'orders.sqlite', port=0))
        self.port = free_port()

    def start(self, config, *command):
        file = self.folder / 'proxy.conf'
        file.write_text(config.format(folder=self.folder, port=self.port,
                                      service=self.service.port))
        log = self.scope.enter_context((self.folder / 'proxy.log').open('wb'))
        proxy = subprocess.Popen([*command, str(file)], stdin=subprocess.DEVNULL, stdout=log,
                                 stderr=subprocess.STDOUT)
        self.scope.callback(proxy.wait, 10)
        self.scope.callback(proxy.terminate)
        self.proxy = proxy
        wait_until(self.is_listening, f'{command[0]} listens', 10)

    def is_listening(self):
        with contextlib.suppress(OSError), socket.create_connection(('127.0.0.1', self.port)):
            return True
        return False

    def play(self):
        with concurrent.futures.ThreadPoolExecutor(16) as clients:
            list(clients.map(lambda raw: send_and_read(self.port, raw), vectors()))
        health = b'GET /health HTTP/1.1\r\nHost: a\r\n\r\n'
        for _ in range(20):
            send_and_read(self.port, health * 3)

    def end_proxy(self, gently):
        """What it answered last it may have still to write down."""
        self.proxy.send_signal(gently)
        self.proxy.wait(10)

    def answered(self):
        self.service.end()
        return int(re.search(r'closed: (\d+) requests', self.service.last_words()[0])[1])

    def test_nginx_counts_as_the_service_does(self):
        self.start(NGINX, 'nginx', '-e', str(self.folder / 'error.log'), '-c')
        self.play()
        self.end_proxy(signal.SIGQUIT)
        log = self.folder / 'access.log'
        asked = re.findall(r'^(\d+)$', log.read_text(), re.MULTILINE)
        print(f'\nnginx: {len(asked)} requests passed on, 200 for {asked.count("200")}')
        self.assertGreater(len(asked), 200)
        self.assertEqual(len(asked), self.answered())

    def test_haproxy_counts_as_the_service_does(self):
        self.start(HAPROXY, 'haproxy', '-f')
        self.play()
        self.end_proxy(signal.SIGUSR1)
        log = (self.folder / 'proxy.log').read_text()
        asked = re.findall(r'^shop (\d+)$', log, re.MULTILINE)
        print(f'\nhaproxy: {len(asked)} requests passed on, 200 for {asked.count("200")}')
        self.assertGreater(len(asked), 200)
        self.assertEqual(len(asked), self.answered())


if __name__ == '__main__':
    PROGRAM = sys.argv.pop(1)
    unittest.main(verbosity=2)
