#!/bin/bash
# The table of moves: one row a line in a pipe, a table on a terminal, and the very same in the
# documentation, which is made by `saring casebook states --markdown`.
. "$(dirname "$0")/lib.sh"

"$saring" casebook states >"$work/states.ndjson"
jq -es 'length > 90 and all(.[]; has("of") and has("from") and has("action") and has("to") and (.by | length > 0))' \
    "$work/states.ndjson" >/dev/null || fail "not every row says from, to and who"
jq -es '[.[] | select(.of == "entry" and (.to == "active" or .to == "provisional") and .action != "restore")] |
    all(.fraud_only)' "$work/states.ndjson" >/dev/null || fail "an entry of something else than fraud"

script -qec "$saring casebook states" /dev/null </dev/null >"$work/states.txt"
[ "$(wc -l <"$work/states.txt")" = "$(($(wc -l <"$work/states.ndjson") + 1))" ] || fail "the terminal's table has other rows"
grep -q '^case *claimed *urgent *urgent *second ' "$work/states.txt" || fail "the terminal's table has no columns"

"$saring" casebook states --markdown >"$work/states.md"
sed -n '/^<!-- states -->$/,/^<!-- end of states -->$/p' filter/casebook/README.md | sed '1d;$d' >"$work/documented.md"
diff "$work/states.md" "$work/documented.md" >&2 ||
    fail "filter/casebook/README.md is behind: put 'saring casebook states --markdown' between its marks"

"$saring" casebook moves 2>/dev/null && fail "an unknown verb is an error"
echo ok
