#!/usr/bin/env python3
"""Compares code fences in the documents with the compiled code they were taken from.

A fence that follows `<!-- snippet: path#name -->` must equal the lines between two
`//! [name]` lines of that file, less their common indent. --update rewrites the
fences instead.
"""
import pathlib
import re
import sys
import textwrap

FENCE = re.compile(
    r'(<!-- snippet: (?P<path>[^#\s]+)#(?P<name>.+?) -->\n+```\w*\n)'
    r'(?P<code>.*?)(?=^```)', re.DOTALL | re.MULTILINE)


def region(path, name):
    """The code between the two marks, or a ValueError that says what is missing."""
    if not path.is_file():
        raise ValueError(f'there is no {path}')
    mark = re.escape(f'//! [{name}]')
    match = re.search(rf'^[ \t]*{mark}\n(.*?)^[ \t]*{mark}$', path.read_text(),
                      re.DOTALL | re.MULTILINE)
    if not match:
        raise ValueError(f'{path} has no region between two "//! [{name}]" lines')
    return textwrap.dedent(match[1])


def documents(root):
    for path in sorted(root.rglob('*.md')):
        if 'build' not in path.relative_to(root).parts:
            yield path


def check(root, update):
    found = []
    for document in documents(root):
        text = document.read_text()

        def compare(match):
            where = f'{document}:{text.count(chr(10), 0, match.start()) + 1}'
            try:
                code = region(root / match['path'], match['name'])
            except ValueError as error:
                found.append(f'{where}: {error}')
                return match[0]
            if code != match['code'] and not update:
                found.append(f'{where}: differs from {match["path"]}#{match["name"]}; '
                             'run: python3 tools/check_snippets.py --update')
            return match[1] + code

        changed = FENCE.sub(compare, text)
        if update and changed != text:
            document.write_text(changed)
    return found


if __name__ == '__main__':
    problems = check(pathlib.Path('.'), '--update' in sys.argv[1:])
    print(*problems, sep='\n', end='\n' if problems else '')
    sys.exit(bool(problems))
