#!/bin/bash
# Decisions killed with -9 at random points: nothing that was acknowledged is lost, and the chain of
# the log holds. tests/long/casebook_kill.sh is the long form, of 10,000 and 200 kills.
. "$(dirname "$0")/lib.sh"

decide=$root/build/release/tests/system/decide_cases
[ -x "$decide" ] || fail "$decide is not built: make system"
said=$("$decide" "$work/state" "${DECISIONS:-400}" "${KILLS:-20}" "$RANDOM") || fail "$said"
echo "$said"
has "$said" "killed ${KILLS:-20} times, 0 lost" "what was acknowledged"
has "$("$saring" audit verify --state "$work/state")" "utuh" "the chain"
echo ok
