#!/usr/bin/env python3
"""Checks every include in coil/ against coil/layers.txt; prints what breaks it.

A layer sees what layers.txt lists for it and what those see. Tests, benchmarks and
fuzzers (files ending in _test, _bench, _fuzz) may also include coil/testing.
"""
import pathlib
import re
import sys

INCLUDE = re.compile(r'\s*#\s*include\s*[<"]([^>"]+)[>"]')
EVIDENCE = re.compile(r'_(test|bench|fuzz)\.cpp$')


def read_layers(text):
    """{layer: layers it names}; a name must have been defined on an earlier line."""
    layers = {}
    for line in filter(str.strip, text.splitlines()):
        name, _, below = line.partition(':')
        for other in below.split():
            if other not in layers:
                raise SystemExit(f'coil/layers.txt: {name}: {other} must come first')
        layers[name.strip()] = below.split()
    return layers


def visible(layers, layer):
    seen = {layer}
    for below in layers[layer]:
        seen |= visible(layers, below)
    return seen


def breach(layers, path, included):
    """Why the file may not include this path, or None."""
    if included.startswith('../') or '/../' in included:
        return 'write <coil/...> instead of a path with ..'
    parts = pathlib.PurePosixPath(included).parts
    if parts[0] != 'coil' or len(parts) < 3:
        return None
    layer, target = path.parts[1], parts[1]
    if target not in layers:
        return f'coil/{target}/ is not in coil/layers.txt'
    allowed = visible(layers, layer)
    if EVIDENCE.search(path.name):
        allowed = allowed | visible(layers, 'testing')
    if target not in allowed:
        return f'{layer} may not include coil/{target}/'
    if 'detail' in parts[2:-1] and target != layer:
        return f'{layer} may not include the detail of {target}; use a public header'
    return None


def check(root):
    layers = read_layers((root / 'coil/layers.txt').read_text())
    found = []
    for file in sorted((root / 'coil').rglob('*.?pp')):
        path = file.relative_to(root)
        if len(path.parts) < 3:  # coil/coil.hpp includes everything
            continue
        if path.parts[1] not in layers:
            found.append(f'{path}: coil/{path.parts[1]}/ is not in coil/layers.txt')
            continue
        for number, line in enumerate(file.read_text().splitlines(), 1):
            match = INCLUDE.match(line)
            why = match and breach(layers, path, match[1])
            if why:
                found.append(f'{path}:{number}: {why}')
    return found


if __name__ == '__main__':
    breaches = check(pathlib.Path('.'))
    print(*breaches, sep='\n', end='\n' if breaches else '')
    sys.exit(bool(breaches))
