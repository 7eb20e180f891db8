# No include goes against coil/layers.txt.
inputs() { printf '%s\0' coil/layers.txt tools/check_layers.py; cpp_files; }
check() { python3 tools/check_layers.py; }
