"""The clients of the acts: wrk, curl, pages that listen, and sockets that leave."""
import contextlib
import json
import pathlib
import re
import resource
import socket
import subprocess
import threading
import time

from service import Trouble, expect

CLIENT_LIMIT_S = 60
SLOW_ORDER = b'{"item":"gold","quantity":1,"card":"slow"}'


def run(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=CLIENT_LIMIT_S,
                          start_new_session=True)
    expect(done.returncode == 0, f'{command[0]} failed: {done.stdout.strip()}')
    return done.stdout


def curl(url, *options):
    """(status, seconds, body) as curl saw them."""
    output = run('curl', '--silent', '--show-error', '--noproxy', '*', '--max-time', '20',
                 '--write-out', '\n%{http_code} %{time_total}', *options, url)
    body, _, report = output.rpartition('\n')
    status, seconds = report.split()
    return int(status), float(seconds), body


def curl_order(url, item, quantity):
    body = json.dumps({'item': item, 'quantity': quantity})
    return curl(url + 'orders', '--data', body)


class WrkReport:
    """What wrk printed, as numbers."""

    def __init__(self, text, processor_share):
        self.text = text
        self.processor_share = processor_share  # of one, while it ran
        self.requests = int(self._find(r'(\d+) requests in'))
        self.per_second = float(self._find(r'Requests/sec:\s+([\d.]+)'))
        self.p99 = self._find(r'99%\s+(\S+)')
        refused = re.search(r'Non-2xx or 3xx responses: (\d+)', text)
        self.refused = int(refused[1]) if refused else 0
        broken = re.search(r'connect (\d+), read (\d+), write (\d+)', text)
        self.broken = sum(map(int, broken.groups())) if broken else 0

    def _find(self, pattern):
        found = re.search(pattern, self.text)
        expect(found, f'wrk printed no {pattern}: {self.text}')
        return found[1]


def wrk(url, connections, seconds, script=None):
    options = ['--script', str(script)] if script else []
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    text = run('wrk', '--threads', '1', '--connections', str(connections),
               '--duration', f'{seconds}s', '--latency', *options, url)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return WrkReport(text, used / seconds)


class Probe:
    """One more client among many: how long each answer with 200 took."""

    def __init__(self, service, path):
        self.times = []
        self._ask = lambda: service.get(path)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._loop)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *error):
        self._ended.set()
        self._thread.join()

    def _loop(self):
        while not self._ended.is_set():
            began = time.monotonic()
            if self._ask()[0] == 200:
                self.times.append(time.monotonic() - began)

    def percentile_ms(self, percent):
        expect(self.times, 'the probe was never let in')
        return sorted(self.times)[(len(self.times) - 1) * percent // 100] * 1000


def write_order_script(folder):
    script = pathlib.Path(folder) / 'order.lua'
    script.write_text('wrk.method = "POST"\n'
                      'local items = {"tea", "coffee", "cocoa", "juice"}\n'
                      'local sent = 0\n'
                      'function request()\n'
                      '  sent = sent + 1\n'
                      '  local item = items[sent % #items + 1]\n'
                      '  return wrk.format(nil, nil, nil,\n'
                      '    string.format(\'{"item":"%s","quantity":1}\', item))\n'
                      'end\n')
    return script


class Listener:
    """A page that listens: `curl -N` on the live feed, into a file."""

    def __init__(self, url, file):
        self.file = pathlib.Path(file)
        self.process = subprocess.Popen(
            ['curl', '--silent', '--no-buffer', '--noproxy', '*',
             '--max-time', str(CLIENT_LIMIT_S), '--output', str(file), url + 'live'],
            stdin=subprocess.DEVNULL, start_new_session=True)

    def text(self):
        return self.file.read_text() if self.file.exists() else ''

    def order_ids(self):
        return [json.loads(found)['id'] for found in
                re.findall(r'^event: order\ndata: (.*)\n\n', self.text(), re.MULTILINE)]

    def was_told_farewell(self):
        return 'event: farewell' in self.text()

    def wait(self):
        """curl's exit status: 0 when the stream came to its proper end."""
        try:
            return self.process.wait(CLIENT_LIMIT_S)
        except subprocess.TimeoutExpired:
            raise Trouble('a listener hears nothing and is not let go') from None

    def leave(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait()


def request_bytes(method, path, body=b''):
    head = f'{method} {path} HTTP/1.1\r\nHost: orders\r\nContent-Length: {len(body)}\r\n\r\n'
    return head.encode() + body


def send(service, raw):
    """A connection on which `raw` has been sent."""
    peer = socket.create_connection((service.host, service.port), timeout=CLIENT_LIMIT_S)
    peer.sendall(raw)
    return peer


def receive_all(peer):
    """What the service sends until it closes; then this side closes too."""
    pieces = []
    with peer, contextlib.suppress(ConnectionResetError):
        while piece := peer.recv(65536):
            pieces.append(piece)
    return b''.join(pieces)


def status_of(answer):
    found = re.match(rb'HTTP/1\.1 (\d{3}) ', answer)
    return int(found[1]) if found else None


def send_slow_orders(service, count):
    return [send(service, request_bytes('POST', '/orders', SLOW_ORDER))
            for _ in range(count)]
