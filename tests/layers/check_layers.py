#!/usr/bin/env python3
"""Reads every #include "room/..." of daemon/ and refuses what the layers of docs/ARCHITECTURE.md do not allow.

usage: check_layers.py DAEMON_DIR     exit 0 clean, 1 with one line per violation
"""
import pathlib
import re
import sys

LAYERS = [
    ["base"],
    ["model", "settings", "net", "sqlite", "systemd"],
    ["worker", "protocol"],
    ["journal", "remote", "plugin", "embedded", "admin"],
    ["app"],
    ["cli"],
    ["main"],
]
LEVEL = {room: level for level, rooms in enumerate(LAYERS) for room in rooms}
# Third-party headers that only some rooms may see.
ONLY_IN = {
    r"rapidjson/": {"protocol", "embedded", "cli", "plugin", "remote", "admin"},
    r"boost/beast": {"net"},
    r"sqlite3\.h": {"sqlite"},
    r"boost/dll": {"plugin"},
    r"toml\+\+": {"settings"},
    r"CLI/": {"cli"},
}


def violations(daemon: pathlib.Path):
    for path in sorted(daemon.rglob("*.[ch]pp")):
        room = path.relative_to(daemon).parts[0].removesuffix(".cpp")
        if room not in LEVEL:
            yield f"{path}: room {room} is in no layer"
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if match := re.match(r'\s*#\s*include\s+"(\w+)/', line):
                other = match[1]
                if other == "exosphere" and room == "plugin":  # the contract with plugins: the SDK
                    continue
                if other not in LEVEL:
                    yield f"{path}:{number}: {other} is in no layer"
                elif other != room and LEVEL[other] >= LEVEL[room]:
                    yield f"{path}:{number}: {room} (L{LEVEL[room]}) must not include {other} (L{LEVEL[other]})"
            elif match := re.match(r"\s*#\s*include\s+<([^>]+)>", line):
                for pattern, rooms in ONLY_IN.items():
                    if re.match(pattern, match[1]) and room not in rooms:
                        yield f"{path}:{number}: <{match[1]}> belongs to {', '.join(sorted(rooms))} only"


def main() -> int:
    found = list(violations(pathlib.Path(sys.argv[1])))
    print("\n".join(found) or "layers hold")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
