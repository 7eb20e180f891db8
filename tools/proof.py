"""Usage: proof.py DOOR. Puts the table rows on standard input (tab-separated, the first
names the columns) into docs/proof.md as the section of that door."""
import datetime
import pathlib
import subprocess
import sys

PAGE = pathlib.Path('docs/proof.md')
HEAD = '# Proof\n\nThe last summaries of the doors that are too slow for every commit.\n'


def main(door: str) -> None:
    sections = read_sections()
    sections[door] = f'\n{provenance()}\n\n{table(sys.stdin.read().splitlines())}\n'
    body = ''.join(f'\n## {title}\n{text}' for title, text in sorted(sections.items()))
    PAGE.write_text(HEAD + body)


def read_sections() -> dict[str, str]:
    if not PAGE.exists():
        return {}
    parts = PAGE.read_text().split('\n## ')[1:]
    return {title: text for title, text in (part.split('\n', 1) for part in parts)}


def provenance() -> str:
    commit = git('rev-parse', '--short', 'HEAD')
    # The page itself is what this run writes.
    changed = git('status', '--porcelain', '--', '.', f':!{PAGE}')
    note = ' with uncommitted changes' if changed else ''
    return f'Commit {commit}{note}, {datetime.date.today()}.'


def git(*arguments: str) -> str:
    return subprocess.run(('git', *arguments), check=True, text=True,
                          stdout=subprocess.PIPE).stdout.strip()


def table(lines: list[str]) -> str:
    rows = [line.split('\t') for line in lines]
    rows.insert(1, ['---'] * len(rows[0]))
    return '\n'.join('| ' + ' | '.join(row) + ' |' for row in rows)


main(sys.argv[1])
