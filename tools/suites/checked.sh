# coil, its tests, its benchmarks and its examples: coil-check finds nothing to say.
tool=build/dev/plugin/coil-check
prepare() { build_preset dev coil_check_tool; }
inputs() { printf '%s\0' $tool; cpp_files; }
check() {
    local files log=build/logs/checked-findings.log
    mapfile -t files < <(python3 - <<'EOF'
import json, pathlib
root = pathlib.Path.cwd()
for path in sorted({entry['file'] for entry in
                    json.loads(pathlib.Path('build/dev/compile_commands.json').read_text())}):
    if pathlib.Path(path).relative_to(root).parts[0] not in ('build', 'plugin'):
        print(path)
EOF
    )
    $tool -p build/dev -j "$(nproc)" "${files[@]}" 2>&1 | tee $log
    ! grep -q '\[coil-' $log  # a warning is too much, too
    echo "${#files[@]} files"
}
