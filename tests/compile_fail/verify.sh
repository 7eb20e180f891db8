#!/usr/bin/env bash
# verify.sh <case.cpp>: the diagnostics are exactly those the case expects, and each is
# short: the error, its notes and the code that they show, in twelve lines.
limit=12
case $1 in
# Here each line is the compiler's own, of code that is wrong without coil, too:
*/alike/forgotten_await.cpp) limit=21 ;;   # the constructors of std::string
*/alike/unset_variable.cpp) limit=14 ;;    # what it would write instead
*/alike/value_on_one_path.cpp) limit=13 ;; # the same
esac
compile=(clang++-19 -std=c++20 -I. -fsyntax-only)

if ! "${compile[@]}" -Xclang -verify "$1"; then
    echo "$1: the compiler said something else than the case expects (above)"
    exit 1
fi
"${compile[@]}" "$1" 2>&1 | awk -v limit="$limit" -v file="$1" '
    function judge() {
        if (lines > limit) {
            print file ": " lines " lines for one error, and " limit " are allowed: " said
            is_long = 1
        }
    }
    /^In file included from / { waiting++; next }  # of the diagnostic that follows
    /^[0-9]+ (error|warning)s? / { next }
    / (error|warning): / { judge(); lines = 0; said = $0 }
    { lines += 1 + waiting; waiting = 0 }
    END { judge(); exit is_long }'
