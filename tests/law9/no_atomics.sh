#!/usr/bin/env bash
# no_atomics.sh: on one thread no await, wake, spawn, timer or frame uses an atomic
# read-modify-write. Compiles what that path is made of and looks at its instructions.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

found=0
locked_instructions() { # <object> [<pattern of functions' names> [<of those not>]]
    llvm-objdump-19 -d --no-show-raw-insn --demangle "$1" |
        awk -v names="${2:-.}" -v except="${3:-^$}" '
            /^[0-9a-f]+ <.*>:$/ { function_name = $0 }
            function_name !~ names || function_name ~ except { next }
            /\tlock/ || /\txchg[a-z]*\t.*\(/ { print "  " function_name; print "   " $0 }'
}
look_at() { # <name> <what was found>
    [ -z "$2" ] && return
    echo "$1: an atomic read-modify-write on the path of a single thread:"
    echo "$2"
    found=1
}

for source in tests/law9/local_path.cpp coil/core/{strand,leaf,group,own,drop,frame}.cpp \
    coil/time/timer.cpp coil/parallel/detail/{forked,kept_child}.cpp; do
    object=$folder/$(basename "$source" .cpp).o
    clang++-19 -std=c++20 -O2 -DNDEBUG -I. --target=x86_64-linux-gnu -c "$source" -o "$object"
    case $source in
    */frame.cpp) # its slow path, a full or empty magazine, may lock the depot
        look_at "$source" "$(locked_instructions "$object" '<coil::(allocate|release)_frame[(]')"
        ;;
    */group.cpp) # which locks where children run beside each other
        look_at "$source" "$(locked_instructions "$object" . while_locked)"
        ;;
    coil/parallel/*) # the same
        look_at "$source" "$(locked_instructions "$object" . lock_between_threads)"
        ;;
    *) look_at "$source" "$(locked_instructions "$object")" ;;
    esac
done

# A silent look proves nothing: what other threads may touch must be found.
clang++-19 -std=c++20 -O2 -I. --target=x86_64-linux-gnu -c coil/base/inbox.cpp -o "$folder/inbox.o"
if [ -z "$(locked_instructions "$folder/inbox.o")" ]; then
    echo "no_atomics.sh finds nothing in the inbox, which has some: the look is broken"
    found=1
fi
exit $found
