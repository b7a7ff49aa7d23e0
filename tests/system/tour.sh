#!/bin/bash
# The tour of README.md, command by command as it is written there: every ```sh block under its
# heading runs in one shell, in order. Comments before a block, which readers do not see, say what
# must come of it: <!-- tour: expect TEXT -->, <!-- tour: serve until TEXT --> for what goes on running.
. "$(dirname "$0")/lib.sh"
need ssh-keygen
need named
need dig
need jq
PATH=$PATH:/usr/sbin
for port in 8420 8453; do
    listening $port && skip "something listens on port $port, which the tour uses"
done

python3 - README.md "$work" <<'PY'
import re, sys
text = open(sys.argv[1], encoding="utf-8").read()
start = text.index("\n## Tur sepuluh menit")
part = text[start:text.index("\n## ", start + 4)]
number, expects, until = 0, [], ""
for found in re.finditer(r"<!-- tour: (expect|serve until) (.*?) -->|^```sh\n(.*?)^```$", part, re.M | re.S):
    kind, what, block = found.groups()
    if kind == "expect":
        expects.append(what)
    elif kind:
        until = what
    else:
        number += 1
        name = f"{sys.argv[2]}/{number:02}"
        open(name + ".sh", "w").write(block)
        open(name + ".expect", "w").write("".join(e + "\n" for e in expects))
        open(name + ".until", "w").write(until)
        expects, until = [], ""
assert number >= 8 and not expects and not until, "the tour's blocks and comments do not fit together"
PY

rm -rf build/tur
# A person's second terminal: what the tour leaves running is stopped like everything else.
for block in "$work"/[0-9][0-9].sh; do
    step=${block%.sh}
    log=$step.log
    until=$(cat "$step.until")
    if [ -n "$until" ]; then
        # One command: as the shell itself, so that stopping it stops no shell around it.
        start "$(basename "$step")" bash -c "exec $(cat "$block")"
        wait_for 60 grep -qF "$until" "$log"
        continue
    fi
    # In this shell, so that variables last; an error ends the test and shows the step's log.
    . "$block" >"$log" 2>&1
    while IFS= read -r expected; do
        has "$(cat "$log")" "$expected" "step $(basename "$step")"
    done <"$step.expect"
done
echo "$(ls "$work"/[0-9][0-9].sh | wc -l) steps of the tour"
