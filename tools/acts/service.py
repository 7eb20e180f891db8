"""The service under the acts: starts it, asks it, ends it. Knows no act."""
import json
import os
import pathlib
import re
import resource
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request

START_LIMIT_S = 20
END_LIMIT_S = 40
ADDRESS = re.compile(r'listening on (http://([\d.]+):(\d+)/)')


class Trouble(Exception):
    """Something is not as it should be; the text says what."""


def expect(condition, otherwise):
    if not condition:
        raise Trouble(otherwise)


def say(text):
    """A line of what an act prints."""
    print(f'    {text}', flush=True)


def wait_until(condition, what, limit_s=20):
    """The first true value of `condition()`; asks every 20 ms."""
    deadline = time.monotonic() + limit_s
    while not (value := condition()):
        expect(time.monotonic() < deadline, f'waited {limit_s} s in vain until {what}')
        time.sleep(0.02)
    return value


class Service:
    """One running service. Leaving the block ends it, by its own pid."""

    def __init__(self, program, database, *options, port=8080, ignored_signals=False):
        started = time.monotonic()
        self.lines = []
        # In a session of its own: Ctrl-C in a terminal reaches only the script, which
        # passes it on when it wants to.
        self.process = subprocess.Popen(
            [str(program), '--port', str(port), '--database', str(database), *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, start_new_session=True, restore_signals=not ignored_signals)
        self.reader = threading.Thread(target=self._read_lines, daemon=True)
        self.reader.start()
        try:
            self.url, self.host, self.port = self._wait_for_address()
        except BaseException:
            self.kill()
            raise
        self.ready_ms = (time.monotonic() - started) * 1000

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if self.process.poll() is None:
            try:
                self.end()
            except Trouble:
                self.kill()

    def _read_lines(self):
        with self.process.stdout as output:
            for line in output:
                self.lines.append(line.rstrip('\n'))

    def _wait_for_address(self):
        def address():
            found = ADDRESS.search('\n'.join(self.lines))
            expect(found or self.process.poll() is None,
                   f'the service ended at once: {self.lines}')
            return found
        found = wait_until(address, 'the service listens', START_LIMIT_S)
        return found[1], found[2], int(found[3])

    def last_words(self):
        """What it printed after its address."""
        at = next(n for n, line in enumerate(self.lines) if ADDRESS.search(line))
        return self.lines[at + 1:]

    def end(self):
        """Ctrl-C; its exit status once it has ended."""
        self.interrupt()
        return self.wait()

    def interrupt(self):
        self.process.send_signal(signal.SIGINT)

    def wait(self):
        try:
            status = self.process.wait(END_LIMIT_S)
        except subprocess.TimeoutExpired:
            raise Trouble(f'still there {END_LIMIT_S} s after Ctrl-C') from None
        self.reader.join(5)
        return status

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.reader.join(5)

    def get(self, path, body=None):
        """(status, text) of one request on a connection of its own."""
        asked = urllib.request.Request(self.url.rstrip('/') + path, data=body)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(asked, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.read().decode()

    def place(self, item='tea', quantity=1, **more):
        body = json.dumps({'item': item, 'quantity': quantity, **more}).encode()
        return self.get('/orders', body)

    def stats(self):
        """Its counts; asked again while it has no room to answer."""
        def counts():
            status, text = self.get('/stats')
            return json.loads(text) if status == 200 else None
        return wait_until(counts, '/stats answers')

    def settled(self):
        """Its counts once only the asking connection is left."""
        def alone():
            counts = self.stats()
            return counts if counts['open'] == 1 and counts['in_flight'] == 1 else None
        return wait_until(alone, 'every connection has ended')

    def memory_mib(self, field='VmRSS'):
        """Resident memory now, or its peak as VmHWM."""
        status = pathlib.Path(f'/proc/{self.process.pid}/status').read_text()
        return int(re.search(rf'{field}:\s+(\d+) kB', status)[1]) / 1024

    def processor_seconds(self):
        """That it has used so far."""
        status = pathlib.Path(f'/proc/{self.process.pid}/stat').read_text()
        user, system = status.rpartition(')')[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf('SC_CLK_TCK')

    def limit_file_size(self, size):
        hard = resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (size, hard))


def size_of(path):
    return os.stat(path).st_size if os.path.exists(path) else 0
