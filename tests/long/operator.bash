# Sourced after lib.sh and people.bash: what filter/pull/README.md tells operators to copy, and a
# publisher that saring-pull takes lists from.
need python3
need curl
PATH=$PATH:/usr/sbin
pull=$root/build/saring-pull
[ -x "$pull" ] || skip "build/saring-pull is not built: make"

# snippet NAME FOLDER: the block of that name, with FOLDER for where the page keeps lists
snippet() {
    local text
    text=$(awk -v mark="<!-- operator: $1 -->" '$0 == mark { found = 1; next } found && /^```/ { if (open) exit; open = 1; next } found && open' \
        "$root/filter/pull/README.md")
    [ -n "$text" ] || fail "filter/pull/README.md has no snippet $1"
    printf '%s\n' "${text//\/var\/lib\/saring-lists/$2}"
}

# removals ENTRY…: signed by rina, of the independent organisation, now; they hold for a week
removals() {
    local file=$web/cabut/removals.json at=$(($(date +%s) + ahead))
    jq -ncSj --arg made "$(date -u -d "@$at" +%FT%TZ)" --arg until "$(date -u -d "@$((at + 7 * 24 * 3600))" +%FT%TZ)" --arg season "$(sha256sum <"$work/pins/season.json" | cut -d' ' -f1)" \
        '{entries: $ARGS.positional, made: $made, season: $season, type: "saring-removals-1", valid_until: $until}' \
        --args -- "$@" >"$file"
    sign rina "$file"
}

# start_publisher: a web server in front of $web/lists, and pins as an operator keeps them
start_publisher() {
    web=$work/web
    mkdir -p "$web/cabut" "$work/pins"
    cp "$work/musim.json" "$work/pins/season.json"
    web_port=$(free_port)
    publish
    cp "$state/list.pub" "$work/pins/list.pub"
    removals
    start web sh -c "exec python3 -W ignore -m http.server -b 127.0.0.1 -d '$web' $web_port >/dev/null 2>&1"
    web_pid=$pid
    wait_for 30 listening "$web_port"
}
publish() { clocked "$saring" publish --out "$web/lists" --state "$state" "$@" 2>>"$work/publish.log" || [ $? = 1 ]; }

# pull_into CONSUMER STATUS OPTION…: saring-pull as its timers run it; servers keep their own clock.
# Its reload is $work/reload.CONSUMER, a script.
pull_into() {
    local consumer=$1 want=$2 status=0
    shift 2
    clocked "$pull" --install "$consumer" --dir "$work/$consumer.lists" --pins "$work/pins" --state "$work/$consumer.pull" \
        --check '' --reload "env -u LD_PRELOAD '$work/reload.$consumer'" "$@" >"$work/pull.$consumer.log" 2>&1 || status=$?
    [ $status = "$want" ] || fail "saring-pull --install $consumer exits $status instead of $want: $(cat "$work/pull.$consumer.log")"
}
fetch_into() {
    pull_into "$1" 0 "http://127.0.0.1:$web_port/lists" --removals "http://127.0.0.1:$web_port/cabut/removals.json"
}
# reloads CONSUMER COMMAND…
reloads() {
    local consumer=$1
    shift
    printf '#!/bin/bash\nexport PATH=$PATH:/usr/sbin\n%s\n' "$*" >"$work/reload.$consumer"
    chmod 755 "$work/reload.$consumer"
}
