#!/usr/bin/env python3
"""Tests of tidy.py and the check_ scripts: each rule fires, and spares good code."""
import pathlib
import tempfile
import unittest

import check_layers
import check_parity
import check_snippets
import tidy

TAG = '// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception\n'


def breaches(path, code, **others):
    """What tidy says of one file; `others` are more files, by path."""
    files = {path: TAG + code, **others.get('files', {})}
    return tidy.check({name: tidy.Source(name, text) for name, text in files.items()})


class Lines(unittest.TestCase):
    def says(self, words, path, code):
        found = breaches(path, code)
        self.assertTrue(any(words in line for line in found), found)

    def test_clean_code_is_spared(self):
        self.assertEqual(breaches('coil/sync/event.cpp', 'int count = 0;\n'), [])

    def test_each_line_rule_fires(self):
        for words, code in [
            ('include ours as', '#include "coil/sync/event.hpp"'),
            ('include ours as', '#include "../event.hpp"'),
            ('COIL_ name', '#ifdef __linux__'),
            ('COIL_ name', '#if defined(__clang__)'),
            ('no home', 'struct socket_manager {'),
            ('stranger', 'auto tmp = 1;'),
            ('chrono', 'void wait(int timeout);'),
            ('clock', 'auto now = std::chrono::steady_clock::now();'),
            ('do not sleep', 'std::this_thread::sleep_for(1s);'),
            ('seed', 'std::random_device device;'),
            ('banner', '// ======== parts'),
            ('first sentence', '/// @brief An event.'),
            ('git remembers', '#if 0'),
            ('git remembers', '// queue_.push(this);'),
            ('TODO(', '// TODO later'),
            ('fix it', '// FIXME'),
            ('as a sentence', 'TEST_CASE("works") {}'),
            ('pairs with', '\n' * 9 + 'x.load(std::memory_order_acquire);\n\n\n'),
        ]:
            with self.subTest(code=code):
                self.says(words, 'coil/sync/event.cpp', code + '\n')

    def test_headers_hold_no_macro_and_no_shared_ownership(self):
        self.says('write a function', 'coil/sync/event.hpp', '#define EVENT 1\n')
        self.says('scope own it', 'coil/sync/event.hpp', 'std::shared_ptr<int> p;\n')

    def test_words_in_strings_and_comments_are_no_code(self):
        code = '// a tmp file\nconst char* name = "tmp";\n'
        self.assertEqual(breaches('coil/sync/event.cpp', code), [])

    def test_a_question_to_base_is_allowed(self):
        code = '#if COIL_EXCEPTIONS\n#elif !COIL_SANITIZED\n#endif\n'
        self.assertEqual(breaches('coil/sync/event.cpp', code), [])

    def test_a_reason_silences(self):
        beside = '#ifdef __linux__  // tidy: the kernel header needs it\n'
        before = '// tidy: the kernel header needs it\n#ifdef __linux__\n'
        self.assertEqual(breaches('coil/sync/event.cpp', beside), [])
        self.assertEqual(breaches('coil/sync/event.cpp', before), [])

    def test_an_order_with_a_partner_is_spared(self):
        code = '// acquire: pairs with set()\nx.load(std::memory_order_acquire);\n'
        self.assertEqual(breaches('coil/sync/event.cpp', code), [])


class Files(unittest.TestCase):
    def test_size(self):
        found = breaches('coil/sync/event.hpp', '#pragma once\n' + 'int a;\n' * 350)
        self.assertIn('the limit is 350', found[0])

    def test_opening(self):
        source = tidy.Source('coil/sync/event.hpp', 'int a;\n')
        advice = ' '.join(advice for _, advice in tidy.check_opening(source))
        self.assertIn('SPDX', advice)
        self.assertIn('#pragma once', advice)

    def test_vague_file_names(self):
        self.assertIn('no home', breaches('coil/sync/utils.cpp', '')[0])
        self.assertEqual(breaches('coil/sync/implicit.cpp', ''), [])

    def test_long_functions(self):
        long = 'void f() {\n' + '    a();\n' * 61 + '}\n'
        short = 'void f() {\n' + '    a();\n' * 59 + '}\n'
        self.assertIn('60 is the limit', breaches('coil/sync/event.cpp', long)[0])
        self.assertEqual(breaches('coil/sync/event.cpp', short), [])

    def test_a_signature_over_two_lines_opens_one_function(self):
        code = 'void f(int a,\n       int b) {\n    a();\n}\n' + 'int x;\n' * 70 + '       }\n'
        self.assertEqual(breaches('coil/sync/event.cpp', code), [])


class Tree(unittest.TestCase):
    def test_a_source_in_no_target_is_dead(self):
        inventory = {'coil/sync/CMakeLists.txt': 'coil_component(event SOURCE)\n'}
        self.assertEqual(breaches('coil/sync/event.cpp', '', files=inventory), [])
        found = breaches('coil/sync/event_test.cpp', '', files=inventory)
        self.assertIn('add TEST to coil_component(event)', found[0])

    def test_a_layer_readme_lists_its_public_headers(self):
        readme = {'coil/sync/README.md': '| `gone.hpp` | not there |\n',
                  'coil/sync/detail/queue.hpp': TAG + '#pragma once\n'}
        found = breaches('coil/sync/event.hpp', '#pragma once\n', files=readme)
        self.assertEqual(len(found), 2, found)
        self.assertIn('drop gone.hpp', found[0])
        self.assertIn('list event.hpp', found[1])

    def test_a_mark_has_a_test(self):
        code = '    COIL_REACHED("event: raced");\n'
        test = {'coil/sync/event_test.cpp': TAG + 'times_reached("event: raced")\n'}
        self.assertIn('no test asks', breaches('coil/sync/event.cpp', code)[0])
        self.assertEqual(breaches('coil/sync/event.cpp', code, files=test), [])


class Layers(unittest.TestCase):
    layers = check_layers.read_layers('base:\ncore: base\nsync: core\ntesting: sync\n')

    def breach(self, path, included):
        return check_layers.breach(self.layers, pathlib.PurePosixPath(path), included)

    def test_a_layer_sees_what_lies_below(self):
        self.assertIsNone(self.breach('coil/sync/event.hpp', 'coil/base/assert.hpp'))
        self.assertIsNone(self.breach('coil/sync/event.hpp', 'atomic'))

    def test_a_layer_does_not_see_what_lies_above(self):
        self.assertEqual(self.breach('coil/core/task.hpp', 'coil/sync/event.hpp'),
                         'core may not include coil/sync/')

    def test_only_evidence_uses_the_test_kit(self):
        kit = 'coil/testing/loop.hpp'
        self.assertIsNone(self.breach('coil/core/task_test.cpp', kit))
        self.assertIn('may not', self.breach('coil/core/task.cpp', kit))

    def test_detail_stays_at_home(self):
        detail = 'coil/core/detail/frame.hpp'
        self.assertIsNone(self.breach('coil/core/task.hpp', detail))
        self.assertIn('detail of core', self.breach('coil/sync/event.hpp', detail))

    def test_everything_includes_every_public_header(self):
        headers = {'coil/coil.hpp': '#include <coil/core/core.hpp>\n',
                   'coil/core/core.hpp': '#include <coil/core/task.hpp>\n',
                   'coil/core/task.hpp': '#include <string>\n',
                   'coil/core/detail/frame.hpp': '', 'coil/testing/test.hpp': ''}
        headers |= dict.fromkeys(check_layers.NOT_EVERYTHING, '')
        self.assertEqual(list(check_layers.check_everything(headers)), [])
        headers['coil/sync/event.hpp'] = ''
        self.assertIn('coil/sync/event.hpp',
                      *check_layers.check_everything(headers))

    def test_a_path_upwards_is_refused(self):
        self.assertIn('instead of', self.breach('coil/core/task.hpp', '../x.hpp'))

    def test_a_cycle_is_refused(self):
        with self.assertRaises(SystemExit):
            check_layers.read_layers('base: core\ncore: base\n')


class Snippets(unittest.TestCase):
    def check(self, fence, update=False):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / 'a.cpp').write_text('//! [go]\n    go();\n//! [go]\n')
            document = root / 'README.md'
            document.write_text(f'<!-- snippet: {fence}```\n')
            return check_snippets.check(root, update), document.read_text()

    def test_the_same_code_is_accepted(self):
        self.assertEqual(self.check('a.cpp#go -->\n```cpp\ngo();\n')[0], [])

    def test_different_code_is_named(self):
        self.assertIn('differs', self.check('a.cpp#go -->\n```cpp\nstop();\n')[0][0])

    def test_a_missing_region_is_named(self):
        self.assertIn('no region', self.check('a.cpp#no -->\n```cpp\n')[0][0])

    def test_update_rewrites_the_fence(self):
        problems, text = self.check('a.cpp#go -->\n```cpp\nold();\n', update=True)
        self.assertEqual(problems, [])
        self.assertIn('go();', text)
        self.assertNotIn('old();', text)


class Parity(unittest.TestCase):
    TEST = ('COIL_TEST(\n    "event: one "\n    "set") { CHECK(1); }\n'
            'TEST_CASE("idle: so") {}\nCOIL_ALIKE("a: b", f)\n')
    CASES = ('#define HOLDS(x) \\\n    { f(x); }\nvoid use(int);\n'
             '// expected-error@+1 {{x}}\ntemplate <int n()>\n[[a("b")]] coil::task<> lost(\n'
             '    int a) {\n    use(a);\n}\ncoil::task<> kept() {\n    use("}");\n}\n'
             'struct COIL_FUTURE held : kept_one {\n    int a;  // expected-error {{a}}\n};\n')

    def check(self, *rows, count=None):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / 'tests/compile_fail').mkdir(parents=True)
            (root / 'a_test.cpp').write_text(self.TEST)
            (root / 'tests/compile_fail/b.cpp').write_text('')
            (root / 'plugin/checks').mkdir(parents=True)
            (root / 'plugin/checks/c_test.cpp').write_text(self.CASES)
            text = '\n'.join(['\t'.join(check_parity.HEADER), *rows])
            return check_parity.check(root, text, count or len(rows))

    def says(self, words, *rows, count=None):
        found = self.check(*rows, count=count)
        self.assertEqual(len(found), 1, found)
        self.assertIn(words, found[0])

    def test_good_rows_are_spared(self):
        self.assertEqual(self.check(
            '1\tS\tIt wakes.\tworks\ta_test.cpp:event: one set | a_test.cpp:a: b\t',
            '2\tS\tIt is refused.\trejected\ttests/compile_fail/b.cpp\tbeyond Rust',
            '3\tS\tIt is cold.\tnot applicable\t\tlaw 3',
            '4\tS\tIt flies.\topen\t\twings'), [])

    def test_each_rule_fires(self):
        for words, row in [
            ('3 fields', '1\tS\tIt wakes.'),
            ('7 fields', '1\tS\tIt wakes.\topen\t\tx\t'),
            ('where 1 is due', '2\tS\tIt wakes.\topen\t\tx'),
            ('of group S', '1\tT\tIt wakes.\topen\t\tx'),
            ('one sentence', '1\tS\t\topen\t\tx'),
            ('one sentence', '1\tS\t' + 'x' * 111 + '\topen\t\tx'),
            ('is no state', '1\tS\tIt wakes.\tperhaps\t\tx'),
            ('says why', '1\tS\tIt wakes.\topen\t\t'),
            ('says why', '1\tS\tIt wakes.\tnot applicable\ta_test.cpp:a: b\tx'),
            ('at most 120', '1\tS\tIt wakes.\topen\t\t' + 'x' * 121),
            ('there is no', '1\tS\tIt wakes.\tworks\tgone_test.cpp:event: one set\t'),
            ('say which', '1\tS\tIt wakes.\tworks\ta_test.cpp\t'),
            ('has no test', '1\tS\tIt wakes.\tworks\ta_test.cpp:event: one\t'),
            ('has no test', '1\tS\tIt wakes.\tworks\ta_test.cpp:a: b | a_test.cpp:x\t'),
            ('checks nothing', '1\tS\tIt wakes.\tworks\ta_test.cpp:idle: so\t'),
            ('does not compile', '1\tS\tIt wakes.\trejected\ta_test.cpp:a: b\t'),
            ('whole case', '1\tS\tIt wakes.\tworks\ttests/compile_fail/b.cpp:x\t'),
        ]:
            with self.subTest(row=row):
                self.says(words, row)

    def test_cases_of_coil_check_are_named_by_their_functions(self):
        case = 'plugin/checks/c_test.cpp:'
        row = f'\tS\tIt is refused.\trejected\t{case}'
        self.assertEqual(list(check_parity.cases(self.CASES)), ['lost', 'kept', 'held'])
        self.assertEqual(self.check(f'1{row}lost | {case}kept\t', f'2{row}held\t'), [])
        self.says('has no test "use"', f'1{row}use\t')
        self.says('say which', f'1{row}\t')
        self.says('wrong and found', f'1{row}kept\t')
        self.says('shows 4 behaviours', *(f'{n}{row}lost\t' for n in range(1, 5)))

    def test_no_row_is_missing(self):
        row = '1\tS\tIt wakes.\topen\t\tx'
        self.says('1 rows instead of 2', row, count=2)
        self.assertIn('where 2 is due', self.check(row, row)[0])

    def test_what_no_program_runs_is_named(self):
        row = f'h\n1\tS\tIt wakes.\tworks\ta_test.cpp:a: b | {"tests/compile_fail/b.cpp"}\t'
        self.assertEqual(check_parity.check_ran(row, 'list\na: b\n'), [])
        self.assertIn('"a: b"', check_parity.check_ran(row, 'a: bc\n')[0])

    def test_states_are_counted(self):
        rows = 'h\n1\tS\tx\topen\t\ty\n2\tS\tx\tworks\tz\tbeyond Rust'
        self.assertEqual(check_parity.counts(rows),
                         '1 works, 0 rejected, 0 not applicable, 1 open')
        page = check_parity.board(rows)
        self.assertIn('| 1 | 0 | 0 | 1 | 50 % |', page)
        self.assertIn('- 1 x *y*', page)

    def test_a_wrong_header_is_named(self):
        self.assertIn('the header is', check_parity.check(pathlib.Path(), 'no\n', 0)[0])


if __name__ == '__main__':
    unittest.main()
