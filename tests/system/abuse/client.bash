# Sourced after world.bash: a publisher whose lists $web serves, and a consumer's saring-pull with hosts
# files in $work/etc, pins in $work/pins; rina's organisation signs removals.
need python3
pull=$root/build/saring-pull
[ -x "$pull" ] || skip "build/saring-pull is not built: make"
web=$work/web
mkdir -p "$web/lists" "$work/pins" "$work/etc"
cp "$work/musim.json" "$work/pins/season.json"
cp "$work/tono.pub" "$work/pins/off-server.pub"
pinned_season=$(sha256sum <"$work/musim.json" | cut -d' ' -f1)
web_port=$(free_port)

# With `export`: the resolvers' own checkers, which publish runs, hang when their clock is moved.
publish() { clocked "$saring" export all --out "$web/lists" --state "$state" --rules "$work/rules" >"$work/publish.out" 2>"$work/publish.err" || [ $? = 1 ]; }
now() { date -u -d "@$(($(date +%s) + ahead + ${1:-0}))" +%FT%TZ; }
# removals [ENTRY…] as rina signs them now
removals() {
    jq -ncSj --arg made "$(now)" --arg season "$pinned_season" \
        --arg until "$(now $((6 * 86400)))" '{entries: $ARGS.positional, made: $made, season: $season, type: "saring-removals-1", valid_until: $until}' --args -- "$@" >"$web/removals.json"
    sign rina "$web/removals.json"
}
start_web() {
    publish
    cp "$state/list.pub" "$work/pins/list.pub"
    removals
    start web sh -c "exec python3 -W ignore -m http.server -b 127.0.0.1 -d '$web' $web_port >/dev/null 2>&1"
    web_pid=$pid
    wait_for 30 listening "$web_port"
}
# client STATUS [OPTION…]: one run of saring-pull; what it said is in $work/pull.err
client() {
    local status=0 want=$1
    shift
    clocked "$pull" --install hosts --dir "$work/etc" --pins "$work/pins" --state "$work/pull" --check '' "$@" >"$work/pull.err" 2>&1 || status=$?
    [ $status = "$want" ] || { echo "saring-pull $* exits $status instead of $want: $(cat "$work/pull.err")" >&2; return 1; }
}
fetch() { client "$1" "http://127.0.0.1:$web_port/lists" --removals "http://127.0.0.1:$web_port/removals.json" "${@:2}"; }
blocked() { grep -v '^#' "$work/etc/saring.hosts" 2>/dev/null | awk 'NF { print $2 }' | sort -u | tr '\n' ' '; }
