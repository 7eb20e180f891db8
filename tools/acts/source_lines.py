"""Where in the sources something happens, found by looking for the code itself."""
import pathlib

from service import Trouble

ROOT = pathlib.Path(__file__).resolve().parents[2]


def find(path, code):
    """`path:line  the line`, of the first line of `path` that contains `code`."""
    for number, line in enumerate((ROOT / path).read_text().splitlines(), 1):
        if code in line:
            place = f'{path}:{number}'
            return f'{place:<38} {line.strip()}'
    raise Trouble(f'{path} no longer has the code that this act is about: {code}')
