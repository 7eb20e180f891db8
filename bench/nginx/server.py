#!/usr/bin/env python3
"""nginx as a server of the HTTP rows: one process, and nothing is logged.

This program becomes nginx; a child of it prints the port once nginx listens there.
nginx ends with the program that started this one.
"""
import contextlib
import ctypes
import os
import pathlib
import signal
import socket
import sys
import time

NGINX = '/usr/sbin/nginx'
FOLDER = pathlib.Path('build/release/bench/nginx')
CONFIG = '''
daemon off; master_process off; worker_processes 1;
pid nginx.pid; error_log stderr crit;
events {{ worker_connections 2048; }}
http {{
  access_log off; server_tokens off; default_type text/plain;
  keepalive_requests 1000000000; keepalive_timeout 300s;
  client_body_temp_path a; proxy_temp_path b; fastcgi_temp_path c;
  uwsgi_temp_path d; scgi_temp_path e;
  server {{
    listen 127.0.0.1:{port};
    location / {{ return 200 "Hello, World!"; }}
  }}
}}
'''


def main():
    if sys.argv[1:] != ['http']:
        sys.exit(f'usage: {sys.argv[0]} http')
    with socket.create_server(('127.0.0.1', 0)) as reserved:
        port = reserved.getsockname()[1]
    FOLDER.mkdir(parents=True, exist_ok=True)
    config = FOLDER.resolve() / 'nginx.conf'
    config.write_text(CONFIG.format(port=port))
    if os.fork() == 0:
        announce_when_listening(port)
        os._exit(0)
    end_with_parent()
    os.execv(NGINX, ['nginx', '-e', 'stderr', '-p', f'{config.parent}/', '-c', str(config)])


def announce_when_listening(port):
    end = time.monotonic() + 10
    while time.monotonic() < end:
        with contextlib.suppress(ConnectionRefusedError):
            socket.create_connection(('127.0.0.1', port), timeout=1).close()
            return print(port, flush=True)
        time.sleep(0.01)


def end_with_parent():
    """Unlike an alarm, which nginx handles, this stays in force in what it becomes."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL, 0, 0, 0)


if __name__ == '__main__':
    main()
