"""An act of ./x run without a service: coil-check refuses two wrong programs."""
import subprocess

from service import expect, say
from source_lines import ROOT

PLUGIN = ROOT / 'build/dev/plugin/coil_check.so'
REFUSED = {  # and by which rule
    'examples/refused/held_lock.cpp': 'sendable',
    'examples/refused/borrowed_name.cpp': 'lifetime',
}


def refused(stage):
    for path, rule in REFUSED.items():
        say(f'clang++ -fplugin=coil_check.so -c {path}')
        made = stage.folder / 'refused.o'
        done = compiled(path, made, f'-fplugin={PLUGIN}')
        for line in done.stderr.rstrip().splitlines():
            say(f'    {line}')
        expect(done.returncode != 0 and not made.exists(), 'it compiles')
        expect(f'[coil-{rule}]' in done.stderr, f'not because it is not {rule}')
        done = compiled(path, made)
        expect(done.returncode == 0, f'it has other errors: {done.stderr}')
        made.unlink()
        say('without the plugin it compiles')


def compiled(path, made, *options):
    return subprocess.run(
        ['clang++-19', '-std=c++20', '-I.', *options, '-c', path, '-o', str(made)],
        cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
