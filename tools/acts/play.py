#!/usr/bin/env python3
"""Plays the acts of ./x run on a built service, each on a fresh one.

    play.py <service program>

On a terminal a last service then stays up. Exit status: how many acts failed.
"""
import contextlib
import signal
import sys
import tempfile
import time
import traceback

import source_lines
from acts import ACTS, Stage
from service import Trouble, say


def play(number, stage):
    """Whether the act went well."""
    name, act, places = ACTS[number]
    print(f'\nact {number + 1} of {len(ACTS)}: {name}', flush=True)
    started = time.monotonic()
    try:
        for path, code in places:
            say(source_lines.find(path, code))
        act(stage)
    except Trouble as trouble:
        say(f'FAILED: {trouble}')
        return False
    except Exception:  # a broken act must not end the run
        say(f'FAILED: {traceback.format_exc()}')
        return False
    say(f'({time.monotonic() - started:.1f} s)')
    return True


def stay_up(stage):
    with stage.service() as service:
        print(f'\nopen {service.url} in a browser, then place an order:\n'
              f'    curl -d \'{{"item":"tea","quantity":2}}\' {service.url}orders\n'
              'Ctrl-C ends it.', flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            service.process.wait()
        print('\nclosing', flush=True)
        service.end()
        for line in service.last_words():
            say(f'the service: {line}')


def leave_in_order(number, _):
    raise SystemExit(128 + number)


def main(program):
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, leave_in_order)
    with tempfile.TemporaryDirectory(prefix='coil-orders-') as folder:
        stage = Stage(program, folder)
        failed = sum(not play(number, stage) for number in range(len(ACTS)))
        print(f'\n{len(ACTS) - failed} acts went well, {failed} failed', flush=True)
        if sys.stdout.isatty():
            stay_up(stage)
    return failed


if __name__ == '__main__':
    try:
        sys.exit(main(sys.argv[1]))
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
