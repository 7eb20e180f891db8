#!/usr/bin/env python3
"""Tests of what `./x bench` says, and that its rows are there; nothing is measured."""
import pathlib
import unittest

import measuring
import tables
from rows import ROWS, Row

HERE = pathlib.Path(__file__).parent
SOURCES = {
    'coil_rows': 'coil_rows.cpp', 'option_rows': 'option_rows.cpp', 'floor_rows': 'floor_rows.cpp', 'asio_rows': 'asio_rows.cpp',
    'tokio_rows': 'tokio/src/bin/rows.rs', 'rayon_rows': 'tokio/src/bin/rayon_rows.rs',
    'go_rows': 'go/rows/rows.go',
}


def row_of(kind, targets, peers=('coil', 'floor', 'Asio')):
    return Row('work', 'some work', kind, 1, targets, {peer: [peer, 'work'] for peer in peers})


def cells(row, results, number=0):
    """Of the row's line in its only table, or in that one of several."""
    results = {('work', peer): figures for peer, figures in results.items()}
    lines = [text for text in tables.described([row], results).splitlines()
             if text.startswith('| `work`')]
    return [text.strip() for text in lines[number].strip('|').split('|')]


class Cells(unittest.TestCase):
    def test_a_figure_and_its_ratios(self):
        self.assertEqual(
            cells(row_of('operation', {'ratio': 1.5, 'Ir': 70}),
                  {'coil': {'ns': 3.0, 'Ir': 75}, 'floor': {'ns': 2.0}, 'Asio': {'ns': 1200.0}}),
            ['`work`', 'some work', '3.00 ns, 75 Ir', '2.00 ns', '1200 ns', '1.50', '0.00',
             '≤ 1.5× floor, ≤ 70 Ir', '**missed** (Ir)'])

    def test_the_other_allocator_stands_beside_the_usual_one(self):
        found = cells(row_of('operation', {}, ('coil', 'tokio')),
                      {'coil': {'ns': 10.0}, 'tokio': {'ns': 20.0, 'Ir': 99},
                       'tokio with tcmalloc': {'ns': 16.0}})
        self.assertEqual(found[3:], ['20.0 ns, 99 Ir; tcmalloc 16.0 ns', '0.50 (0.62)', '–', '–'])

    def test_a_speed_up_follows_from_both_times(self):
        found = cells(row_of('parallel', {'on 1': 30, 'speed-up': 1.95}, ('coil',)),
                      {'coil': {'on 1': 38.0, 'on 2': 20.0}})
        self.assertEqual(found[2:], ['38.0 → 20.0 ns, 1.90×',
                                     '≤ 30 ns on 1, ≥ 1.95 × speed-up',
                                     '**missed** (ns on 1, × speed-up)'])

    def test_ratios_of_another_figure_than_the_first_say_so(self):
        text = tables.described([row_of('parallel', {}), row_of('operation', {})], {})
        self.assertIn('| coil / floor (on 2) | coil / Asio (on 2) |', text)
        self.assertIn('| coil / floor | coil / Asio |', text)

    def test_what_a_peer_does_not_have_is_a_dash(self):
        found = cells(row_of('operation', {'ratio': 1}), {'coil': {'ns': 1.0}})
        self.assertEqual(found[3:], ['–', '–', '–', '–', '≤ 1× floor', '**missed** (ratio)'])

    def test_a_row_that_coil_did_not_run_is_not_measured(self):
        self.assertEqual(cells(row_of('memory', {'B': 1}), {})[-1], 'not measured')


    def test_an_option_is_compared_with_its_absence(self):
        found = cells(row_of('option', {}, ('coil', 'untold')),
                      {'coil': {'wall': 20.0, 'cpu': 30.0}, 'untold': {'wall': 40.0, 'cpu': 31.0}})
        self.assertEqual(found[2:], ['20.0 µs, 30.0 µs CPU', '40.0 µs, 31.0 µs CPU', '0.50',
                                     '–', '–'])


class Servers(unittest.TestCase):
    results = {'coil': {'us': 2.0, 'user': 0.5, 'rps': 250_000.0, 'p99': 90.0, 'p99.9': 800.0,
                        'load': 3.0},
               'floor': {'us': 2.0, 'user': 0.1, 'rps': 300_000.0, 'p99': 100.0}}

    def test_cost_and_latency_are_tables_of_their_own(self):
        row = row_of('server', {'ratio': 1, 'p99 ratio': 1, 'user': 0.4}, ('coil', 'floor'))
        self.assertEqual(cells(row, self.results)[2:],
                         ['2.00 µs, 0.50 µs user', '2.00 µs, 0.10 µs user', '1.00',
                          '≤ 1× floor, ≤ 0.4 µs user', '**missed** (µs user)'])
        self.assertEqual(cells(row, self.results, 1)[2:],
                         ['250.0 k/s, 90 µs p99, 800 µs p99.9, 3.00 µs load',
                          '300.0 k/s, 100 µs p99', '0.90', '≤ 1× floor’s p99', 'met'])

    def test_io_uring_is_judged_where_it_is_allowed(self):
        targets = {'io_uring ratio': 0.9}
        self.assertEqual(cells(row_of('server', targets), self.results)[-2:], ['–', '–'])
        found = cells(row_of('server', targets, ('coil', 'floor', 'coil on io_uring')),
                      {**self.results, 'coil on io_uring': {'us': 1.5}})
        self.assertEqual(found[-2:], ['≤ 0.9× floor, on io_uring', 'met'])

    def test_the_processors_are_named(self):
        self.assertRegex(measuring.processors_described([row_of('server', {})]),
                         r'a server of 1 thread on \d+, the load on \d+')
        self.assertEqual(measuring.processors_described([row_of('memory', {})]), '')


class Rows(unittest.TestCase):
    def test_each_target_is_judged_once(self):
        for row in ROWS:
            judges = [table.targets for table in tables.TABLES if table.kind == row.kind]
            for unit in row.targets:
                self.assertEqual(sum(unit in targets for targets in judges), 1, (row.name, unit))

    def test_each_peer_has_a_column(self):
        for row in ROWS:
            self.assertLessEqual(set(row.programs), set(tables.COLUMNS), row.name)

    def test_each_peer_has_the_rows_that_it_is_asked_for(self):
        for row in ROWS:
            for program, name, *_ in (words for words in row.programs.values() if len(words) > 1):
                if program in SOURCES:
                    source = (HERE / SOURCES[program]).read_text()
                    on_workers = (f'worker-{name}', f'two-workers-{name}')
                    for asked in on_workers if row.kind == 'parallel' else (name,):
                        self.assertIn(f'"{asked}"', source, program)


if __name__ == '__main__':
    unittest.main()
