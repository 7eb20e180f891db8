"""The peers that are not written in C++: whether they are here, and in which version."""
import dataclasses
import subprocess

import measuring

PACKAGES = {
    'tokio': ('librust-tokio-dev', 'librust-hyper-dev', 'rustc'),
    'Go': ('golang-1.19-go',),
    'nginx': ('nginx-light',),
}


def is_here(peer, words):
    """Whether tools/bench.sh could build what the peer runs."""
    return peer not in PACKAGES or measuring.is_built(words)


def with_those_here(row):
    return dataclasses.replace(row, programs={
        peer: words for peer, words in row.programs.items() if is_here(peer, words)})


def described(rows):
    """The versions of those that the rows ask for, or that they are missing."""
    programs = {peer: words for row in rows for peer, words in row.programs.items()}
    return '; '.join(f'{peer}: {versions(PACKAGES[peer]) if is_here(peer, words) else "left out"}'
                     for peer, words in programs.items() if peer in PACKAGES)


def versions(packages):
    shown = subprocess.run(['dpkg-query', '--show', '--showformat=${Package} ${Version}, ',
                            *packages], capture_output=True, text=True)
    return shown.stdout.rstrip(', ') or 'of unknown version'
