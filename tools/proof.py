"""Usage: proof.py DOOR CHECK... <ROW. Puts one row (tab-separated: check, verdict, figure,
time) into the table of that door in docs/proof.md, with the commit it is true of. The
checks are all that the door has, in their order: a row of any other is left out."""
import datetime
import pathlib
import subprocess
import sys

PAGE = pathlib.Path('docs/proof.md')
HEAD = '''# Proof

The last verdicts of the doors that are too slow for every commit, each with the commit
that it was given for.
'''
COLUMNS = ['check', 'verdict', 'figure', 'time', 'commit', 'date']


def main(door: str, *checks: str) -> None:
    sections = read_sections()
    rows = {row[0]: row for row in read_table(sections.get(door, ''))}
    new = sys.stdin.read().strip('\n').split('\t')
    rows[new[0]] = [*new, commit(), str(datetime.date.today())]
    sections[door] = '\n' + table([rows[each] for each in checks if each in rows]) + '\n'
    body = ''.join(f'\n## {title}\n{text}' for title, text in sorted(sections.items()))
    PAGE.write_text(HEAD + body)


def read_sections() -> dict[str, str]:
    if not PAGE.exists():
        return {}
    parts = PAGE.read_text().split('\n## ')[1:]
    return {title: text for title, text in (part.split('\n', 1) for part in parts)}


def read_table(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if line.startswith('|')]
    rows = [[cell.strip() for cell in line.strip('|').split('|')] for line in lines[2:]]
    return [row for row in rows if len(row) == len(COLUMNS)]


def commit() -> str:
    # The page itself is what this run writes.
    changed = git('status', '--porcelain', '--', '.', f':!{PAGE}')
    return git('rev-parse', '--short', 'HEAD') + (' and changes' if changed else '')


def git(*arguments: str) -> str:
    return subprocess.run(('git', *arguments), check=True, text=True,
                          stdout=subprocess.PIPE).stdout.strip()


def table(rows: list[list[str]]) -> str:
    lines = [COLUMNS, ['---'] * len(COLUMNS), *rows]
    return '\n'.join('| ' + ' | '.join(line) + ' |' for line in lines)


main(*sys.argv[1:])
