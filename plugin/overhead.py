#!/usr/bin/env python3
"""What the plugin adds to compiling coil's own tests at -O0, in user CPU time:
overhead.py <coil_check.so> <build folder> [--rounds N] [--tests N]

Each test is compiled without and with it, in turns; of each the least of the rounds
counts. Fails if it adds too much.
"""
import argparse
import json
import os
import pathlib
import shlex
import subprocess
import sys

MOST_PERCENT = 3.0


def tests_in(build):
    """{path: the arguments of its compilation, without the output}"""
    found = {}
    for entry in json.loads(pathlib.Path(build, 'compile_commands.json').read_text()):
        if entry['file'].endswith('_test.cpp') and '/plugin/' not in entry['file']:
            words = shlex.split(entry['command'])
            at = words.index('-o')
            found[entry['file']] = words[:at] + words[at + 2:] + ['-O0', '-o', os.devnull]
    return dict(sorted(found.items()))


def user_seconds(command, folder):
    before = os.times().children_user
    subprocess.run(command, cwd=folder, check=True)
    return os.times().children_user - before


def main():
    parse = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parse.add_argument('plugin', type=pathlib.Path)
    parse.add_argument('build', type=pathlib.Path)
    parse.add_argument('--rounds', type=int, default=3)
    parse.add_argument('--tests', type=int, help='every n-th, so that there are so many')
    asked = parse.parse_args()
    tests = list(tests_in(asked.build).values())
    if asked.tests:
        tests = tests[::max(1, len(tests) // asked.tests)][:asked.tests]
    # Its findings are not the point, and all rules take part.
    plugin = [f'-fplugin={asked.plugin.resolve()}', '-fplugin-arg-coil_check-all=warning',
              '-Wno-error', '-w']
    without, with_it = 0.0, 0.0
    for command in tests:
        pairs = [(user_seconds([*command, '-Wno-error', '-w'], asked.build),
                  user_seconds([*command, *plugin], asked.build))
                 for _ in range(asked.rounds)]
        without += min(pair[0] for pair in pairs)
        with_it += min(pair[1] for pair in pairs)
    percent = (with_it / without - 1) * 100
    print(f'{percent:+.1f} % of {without:.0f} s user CPU, {len(tests)} tests at -O0')
    return percent > MOST_PERCENT


if __name__ == '__main__':
    sys.exit(main())
