"""The peers that are not written in C++, and the other allocator: whether they are here,
and in which version."""
import ctypes.util
import dataclasses
import functools
import os
import subprocess

import measuring
import tables

PACKAGES = {
    'tokio': ('librust-tokio-dev', 'librust-hyper-dev', 'rustc'),
    'rayon': ('librust-rayon-dev',),
    'Go': ('golang-1.19-go',),
    'nginx': ('nginx-light',),
}
ALLOCATING = ('Asio', 'tokio')  # coil has its own memory for frames, Go for everything
ALLOCATOR = 'libtcmalloc-minimal4'


def is_here(peer, words):
    """Whether tools/bench.sh could build what the peer runs."""
    return peer not in PACKAGES or measuring.is_built(words)


def with_those_here(row):
    return dataclasses.replace(row, programs={
        peer: words for peer, words in row.programs.items() if is_here(peer, words)})


def variants(row):
    """(peer, words, environment) of all that run in the row; those that call malloc for
    each operation a second time, with the other allocator."""
    preloaded = other_allocator()
    for peer, words in row.programs.items():
        yield peer, words, None
        if preloaded and peer in ALLOCATING and row.kind != 'compile':
            yield peer + tables.OTHER, words, {**os.environ, 'LD_PRELOAD': preloaded}


@functools.cache
def other_allocator():
    """Its name for the loader, or None."""
    return ctypes.util.find_library('tcmalloc_minimal')


def described(rows):
    """The versions of those that the rows ask for, or that they are missing."""
    programs = {peer: words for row in rows for peer, words in row.programs.items()}
    found = {peer: versions(PACKAGES[peer]) if is_here(peer, words) else 'left out'
             for peer, words in programs.items() if peer in PACKAGES}
    if any(peer in ALLOCATING for peer in programs):
        found['tcmalloc'] = versions([ALLOCATOR]) if other_allocator() else 'left out'
    return '; '.join(f'{peer}: {version}' for peer, version in found.items())


def versions(packages):
    shown = subprocess.run(['dpkg-query', '--show', '--showformat=${Package} ${Version}, ',
                            *packages], capture_output=True, text=True)
    return shown.stdout.rstrip(', ') or 'of unknown version'
