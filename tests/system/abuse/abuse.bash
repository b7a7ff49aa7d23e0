# Sourced after people.bash by the parts of tests/system/abuse.sh. A check of REVIEW, section 5, is
#
#     check 04 'A edits, then approves' 'buku kasus / casebook'
#     cli LABEL SAYS COMMAND…           an attempt, each refused: it exits with 1 or 2 and says SAYS
#     http LABEL STATUS COMMAND…        an attempt over HTTP: the command prints the status
#     logged LABEL COUNT SAYS           so many rows of refusals more, of which one at least says SAYS
#     lined LABEL COUNT PATTERN         so many lines more in the running server's log
#     same [LABEL]                      nothing has changed since the check began
#     released [LABEL]                  nothing is in force that was not before
#     done_check
#
# done_check fails if one of the three (refused, logged, no change) was not tried, and writes the
# check's row, which tests/system/abuse.sh puts into the table.
need sqlite3
rows=${ABUSE_ROWS:-$root/build/abuse}
mkdir -p "$rows"

# what is where: people and their rights, cases, proposals, entries, appeals, register, lists
picture() {
    sqlite3 -readonly "$state/casebook.db" "
        SELECT 'case', id, class, state, holder, proposer, returns, merged_into, hex(revision) FROM cases;
        SELECT 'proposal', case_id, number, kind, length(signature) FROM proposals;
        SELECT 'answer', case_id, number, person FROM answers;
        SELECT 'entry', hex(id), case_id, state, end_ms, approver FROM entries;
        SELECT 'appeal', id, state FROM appeals;
        SELECT 'register', count(*), max(seq) FROM register;
        SELECT 'person', name, organisation, role, key, created_ms, moved_ms, disabled_ms FROM people;
        SELECT 'key', key, person, revoked_ms FROM keys;
        SELECT 'organisation', folded, role, sector FROM organisations;
        SELECT 'tie', one, other FROM ties;
        SELECT 'rule', rule_id, submitter, releaser FROM rule_releases;
        SELECT 'season', hex(id), end_ms FROM seasons;"
    in_force
}
# in_force: the targets that a list of now has
in_force() {
    clocked "$saring" export text --state "$state" ${list_rules:+--rules "$list_rules"} 2>/dev/null | grep -v '^#' | sed 's/^/daftar: /' || true
}
refusals() { sqlite3 -readonly "$state/casebook.db" "SELECT detail FROM log WHERE action = 'refused' AND seq > $1 ORDER BY seq"; }
last_row() { sqlite3 -readonly "$state/casebook.db" 'SELECT coalesce(max(seq), 0) FROM log'; }
log_lines() { cat "$work/run.log" 2>/dev/null | wc -l; }

check() {
    number=$1 what=$2 by=$3 tries=0 where='' unchanged=''
    [ -e "$state/casebook.db" ] || fail "check $number: there is no casebook yet"
    picture >"$work/before"
    grep '^daftar: ' "$work/before" >"$work/before.list" || true
    mark
}
# mark: what is logged from here on counts
mark() {
    first_row=$(last_row)
    first_line=$(log_lines)
}
says_no() { # LABEL SAYS COMMAND…
    local label=$1 says=$2 status=0
    shift 2
    "$@" >"$work/try.out" 2>"$work/try.err" </dev/null || status=$?
    case $status in
    1 | 2 | 19) ;; # 19: sqlite3, of a constraint
    *) fail "$number, $label: exit $status instead of a refusal ($(cat "$work/try.out" "$work/try.err"))" ;;
    esac
    cat "$work/try.out" "$work/try.err" | grep -qiE -- "$says" ||
        fail "$number, $label: [$says] is not in: $(cat "$work/try.out" "$work/try.err")"
}
cli() {
    says_no "$@"
    tries=$((tries + 1))
}
http() {
    local label=$1 want=$2 got
    shift 2
    got=$("$@" </dev/null)
    tries=$((tries + 1))
    case "$got " in "$want "*) ;; *) fail "$number, $label: $got instead of $want" ;; esac
}
# held LABEL COMMAND…: an attempt whose outcome the command checks
held() {
    local label=$1
    shift
    "$@" </dev/null || fail "$number, $label: $*"
    tries=$((tries + 1))
}
logged() {
    local label=$1 count=$2 says=$3 found
    found=$(refusals "$first_row")
    [ "$(grep -c . <<<"$found")" -ge "$count" ] || fail "$number, $label: less than $count refusals are in the log: $found"
    grep -qiE -- "$says" <<<"$found" || fail "$number, $label: no refusal says [$says]: $found"
    add_where 'log audit / audit log'
}
lined() {
    local label=$1 count=$2 pattern=$3
    wait_for 30 lines_are "$count" "$pattern"
    add_where 'log peladen / server log'
}
lines_are() { [ "$(tail -n "+$((first_line + 1))" "$work/run.log" | grep -cE -- "$2")" -ge "$1" ]; }
# told LABEL FILE PATTERN: what a command said to its operator (cron's mail, journal) has it
told() {
    grep -qE -- "$3" "$2" || fail "$number, $1: [$3] is not in $(cat "$2")"
    add_where "$(basename "$2" .err): jurnal / journal"
}
add_where() { case $where in *"$1"*) ;; *) where=${where:+$where, }$1 ;; esac; }
same() {
    picture >"$work/after"
    diff "$work/before" "$work/after" >"$work/changed" || fail "$number${1:+, $1}: changed: $(cat "$work/changed")"
    unchanged='ya / yes'
}
released() {
    in_force >"$work/after.list"
    if grep -vxFf "$work/before.list" "$work/after.list" >"$work/more"; then fail "$number${1:+, $1}: more is in force: $(cat "$work/more")"; fi
    unchanged='hanya dilepas / released only'
}
done_check() {
    [ "$tries" -gt 0 ] || fail "$number: nothing was tried"
    [ -n "$where" ] || fail "$number: that it is logged was not asked"
    [ -n "$unchanged" ] || fail "$number: that nothing changes was not asked"
    printf '| %s | %s | %s | %s | %s | %s | ok |\n' "$number" "$what" "$tries" "$by" "$where" "$unchanged" |
        tee "$rows/$number"
}
