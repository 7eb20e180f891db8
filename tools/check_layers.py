#!/usr/bin/env python3
"""Checks every include in coil/ against coil/layers.txt; prints what breaks it. And that
coil/coil.hpp, by itself or by what it includes, has every public header of the library.

A layer sees what layers.txt lists for it and what those see. Tests, benchmarks and
fuzzers (files ending in _test, _bench, _fuzz) may also include coil/testing.
"""
import pathlib
import re
import sys

INCLUDE = re.compile(r'\s*#\s*include\s*[<"]([^>"]+)[>"]')
# Not for users, or for the few who say so: to test, to write a runtime or a server.
NOT_EVERYTHING = {
    'coil/base/reached.hpp',
    'coil/http/response_writer.hpp',
    'coil/runtime/epoll/epoll_driver.hpp',
    'coil/runtime/skeleton_runtime.hpp',
    'coil/runtime/uring/uring_driver.hpp',
}
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


def included_by(headers, path):
    """The header and all that it includes; `headers` is {path: text}."""
    reached, left = set(), [path]
    while left:
        path = left.pop()
        if path in headers and path not in reached:
            reached.add(path)
            found = map(INCLUDE.match, headers[path].splitlines())
            left += [match[1] for match in found if match]
    return reached


def check_everything(headers):
    """What coil/coil.hpp lacks, and what of NOT_EVERYTHING it has or nobody has."""
    public = {path for path in headers if not {'detail', 'testing'} & set(path.split('/'))}
    everything = included_by(headers, 'coil/coil.hpp')
    for path in sorted(public - everything - NOT_EVERYTHING):
        yield f'coil/coil.hpp: include {path}, or add it to NOT_EVERYTHING'
    for path in sorted(NOT_EVERYTHING - (public - everything)):
        yield f'tools/check_layers.py: drop {path} from NOT_EVERYTHING'


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
    headers = {path.relative_to(root).as_posix(): path.read_text()
               for path in (root / 'coil').rglob('*.hpp')}
    return found + list(check_everything(headers))


if __name__ == '__main__':
    breaches = check(pathlib.Path('.'))
    print(*breaches, sep='\n', end='\n' if breaches else '')
    sys.exit(bool(breaches))
