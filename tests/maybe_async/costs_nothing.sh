#!/usr/bin/env bash
# costs_nothing.sh: what a maybe_task of sync callables is compiled to is, instruction by
# instruction, what the same function by hand is. It has no coroutine frame in it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# Without the vectorizer, which writes `> 6` where it could write `>= 7`.
clang++-19 -std=c++20 -O2 -fno-vectorize -DNDEBUG -I. --target=x86_64-linux-gnu -S \
    tests/maybe_async/twins.cpp -o "$folder/twins.s"

found=0
complain() {
    echo "$1"
    found=1
}
# The instructions of a function. Labels are numbered anew, in their order.
instructions() { # <function, or the beginning of its mangled name>
    awk -v start="^$1[A-Za-z0-9_]*:" '
        $0 ~ start { inside = 1; next }
        /\.cfi_endproc/ { inside = 0 }
        !inside { next }
        { sub(/[ \t]*#.*/, "") }
        /^\t\./ || /^[ \t]*$/ || /^\.L(tmp|func)/ { next }
        {
            line = ""
            while (match($0, /\.L[A-Z0-9_]+/)) {
                label = substr($0, RSTART, RLENGTH)
                if (!(label in number)) number[label] = ++labels
                line = line substr($0, 1, RSTART - 1) "label" number[label]
                $0 = substr($0, RSTART + RLENGTH)
            }
            print line $0
        }' "$folder/twins.s"
}
# A jump to where errors are caught stands behind what runs when there is none.
until_it_returns() { awk '{ print } /ret/ { exit }'; }
makes_a_frame() { grep -Eq 'allocate_frame|take_frame|_Znw|_Zna|malloc'; }

for twin in inlined called early nested; do
    instructions ${twin}_maybe >"$folder/maybe"
    instructions ${twin}_by_hand >"$folder/by_hand"
    [ -s "$folder/by_hand" ] || complain "$twin: found no instructions to compare"
    diff "$folder/by_hand" "$folder/maybe" ||
        complain "$twin: the sync kind is not what is written by hand (above)"
    ! makes_a_frame <"$folder/maybe" || complain "$twin: the sync kind makes a frame"
done

instructions throwing_maybe >"$folder/whole"
until_it_returns <"$folder/whole" >"$folder/maybe"
instructions throwing_by_hand | until_it_returns >"$folder/by_hand"
[ -s "$folder/by_hand" ] || complain "throwing: found no instructions to compare"
diff "$folder/by_hand" "$folder/maybe" ||
    complain "throwing: until it throws the sync kind is not what is written by hand (above)"
! makes_a_frame <"$folder/whole" || complain "throwing: the sync kind makes a frame"

# A silent look proves nothing: what differs must differ, and a frame must be found.
instructions called_maybe >"$folder/maybe"
instructions early_by_hand >"$folder/by_hand"
! diff "$folder/by_hand" "$folder/maybe" >/dev/null ||
    complain "two functions that are not the same compare equal: the look is broken"
instructions _Z10async_kind | makes_a_frame ||
    complain "the async kind makes no frame that is found: the look is broken"
exit $found
