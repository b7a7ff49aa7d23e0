# Sourced after lib.sh by tests of the casebook: people with keys and passwords, flagged cases, and
# the way from a case to an entry in force. Everything lies in $work; the state in $state.
need ssh-keygen
need jq
shopt -s inherit_errexit
faketime=$(libfaketime)
[ -n "$faketime" ] || skip "faketime is not installed"
state=$work/state
seed=$root/build/release/tests/system/seed_cases
[ -x "$seed" ] || skip "build/release/tests/system/seed_cases is not built: make system"
no="opinion=no,satire=no,testimony=no,campaign=no,press=no,debunk=no,official=no,hacked=no,wider=no"
facts="Situs meniru halaman pendaftaran pemilih, meminta NIK dan OTP, lalu mengirimnya ke server lain; diulang dua kali, rekaman terlampir."

# new_key NAME: $work/NAME and $work/NAME.pub
new_key() { ssh-keygen -q -t ed25519 -N '' -C "$1" -f "$work/$1"; }

# clocked COMMAND…: with a clock that is $ahead seconds ahead. It may only grow: a clock that goes
# back empties all lists.
# Without the program `faketime`: it names a semaphore after its process, which may be left of another.
ahead=0
moved_by() { printf 'LD_PRELOAD=%s\nFAKETIME=%+ds\n' "$faketime" "$1"; }
clocked() {
    if [ "$ahead" = 0 ]; then "$@"; else env $(moved_by "$ahead") "$@"; fi
}

# add_user NAME ORG KIND [OPTION…]; with a key of their own if new_key made one. Made 100 hours
# ago: in a season nobody approves within 72 hours of being made.
add_user() {
    local name=$1 org=$2 kind=$3 key=() ahead=$((ahead - 100 * 3600))
    shift 3
    [ -e "$work/$name.pub" ] && key=(--key "$work/$name.pub")
    printf 'kata sandi panjang %s\n' "$name" >"$work/$name.pw"
    clocked "$saring" user add "$name" --org "$org" --kind "$kind" "${key[@]}" --state "$state" \
        --password-file "$work/$name.pw" "$@"
}

# review VERB ID NAME [OPTION…]: as that person
review() {
    local verb=$1 id=$2 name=$3
    shift 3
    clocked "$saring" review "$verb" "$id" --user "$name" --password-file "$work/$name.pw" --state "$state" "$@"
}

# refused TEXT COMMAND…: exits 1 and says TEXT on stderr
refused() {
    local says=$1 status=0
    shift
    "$@" >"$work/refused.out" 2>"$work/refused.err" || status=$?
    [ $status = 1 ] || fail "exit $status instead of 1: $* ($(cat "$work/refused.err"))"
    grep -qi -- "$says" "$work/refused.err" || fail "[$says] is not what $* says: $(cat "$work/refused.err")"
}

# enrol NAME: a second factor for that person, its secret in $work/NAME.totp; in a season nobody
# approves without one
enrol() {
    command -v oathtool >/dev/null || skip "oathtool is not installed"
    clocked "$saring" user totp "$1" --password-file "$work/$1.pw" --state "$state" >"$work/$1.uri"
    sed -n 's/.*[?]secret=\([A-Z2-7]*\).*/\1/p' "$work/$1.uri" >"$work/$1.totp"
    clocked "$saring" user totp "$1" --password-file "$work/$1.pw" --state "$state" --code "$(code "$1")" \
        >"$work/$1.recovery"
}

# code NAME [SECONDS]: a code of now, or of so many seconds from now
code() { oathtool -b --totp --now "$(date -u -d "@$(($(date +%s) + ahead + ${2:-0}))" +'%F %T UTC')" - <"$work/$1.totp"; }

# factor NAME: gives a code if that person has a second factor; a minute's tolerance lets several
# moves of one minute use codes of their own
factor() {
    [ -e "$work/$1.totp" ] || return 0
    local end=$((SECONDS + 90)) step
    while :; do
        for step in 0 30 -30; do
            clocked "$saring" user check "$1" --password-file "$work/$1.pw" --state "$state" \
                --code "$(code "$1" $step)" >/dev/null 2>&1 && return
        done
        [ $SECONDS -lt $end ] || fail "no code of $1 is taken"
        sleep 1
    done
}

# sign NAME FILE: FILE.sig by the key of NAME
sign() {
    rm -f "$2.sig"
    ssh-keygen -q -Y sign -n saring -f "$work/$1" "$2" 2>/dev/null
}

# panel VERB ID NAME REASON [OPTION…]: what lets a decision stand, signed by that person of the panel
panel() {
    local verb=$1 id=$2 name=$3 reason=$4 file=$work/$2.putusan.json
    shift 4
    review "$verb" "$id" "$name" --reason "$reason" "$@" --bytes >"$file"
    sign "$name" "$file"
    review "$verb" "$id" "$name" "$@" --proposal "$file" --signature "$file.sig"
}

# verdict ID CLASS LINK: a flagged post with a link, as ingest sends it; each by a rule of its own, so
# that alike words make no near-copies
verdict() {
    jq -cn --arg id "$1" --arg class "$2" --arg link "$3" '
        ($link | sub("^https?://"; "") | sub("[/:?].*$"; "")) as $host
        | "Verifikasi NIK untuk pemilih di \($link) \($id)" as $text
        | {post: {id: $id, source: "uji", url: "https://contoh-forum.example/\($id)", text: $text},
           links: [{original: $link, url: $link, host: $host, domain: $host}],
           key: ($id | @base64 | explode | map(. % 16 | [48 + ., 87 + .][if . < 10 then 0 else 1 end]) | implode
                 | (. + ("0" * 64))[0:64]),
           ruleset: "uji",
           rules: [{id: "uji-\($id)", title: "Tautan pendaftaran palsu", class: $class, level: "high",
                    spans: [{field: "text", start: 0, end: 10, text: "Verifikasi"}],
                    revision: ("ab" * 32), document: ("cd" * 32), description: "Meminta NIK di situs yang bukan milik KPU.",
                    evidence: [{url: "https://contoh-kpu.example/resmi", publisher: "KPU Contoh",
                                published: "2026-09-01T00:00:00Z"}
                               + (if $class == "fraud" then {impersonates: "KPU Contoh"} else {} end)]}]}'
}

# flag ID CLASS LINK: prints the number of the case it opens
flag() {
    verdict "$1" "$2" "$3" >"$work/verdict.json"
    is "$(clocked "$seed" "$state" <"$work/verdict.json")" opened "a flagged post opens a case"
    "$saring" review list --json --state "$state" | jq -s 'map(.id) | max'
}

# propose ID NAME SCOPE TARGET END [OPTION…]
propose() {
    local id=$1 name=$2 scope=$3 target=$4 end=$5
    shift 5
    echo "<form action='//pemanen.example/$id'>NIK</form>" >"$work/capture.$id.html"
    review propose "$id" "$name" --kind entry --scope "$scope" --target "$target" --end "$end" \
        --harvest personal_data --evidence "$work/capture.$id.html" --observed now --reason "$facts" \
        --answers "$no" --conflict 'tidak ada' --milder 'Pelaporan ke registrar belum dijawab.' "$@"
}

# approve ID NAME: blind answers, bytes, signature
approve() {
    [ "$(clocked "$saring" user check "$2" --password-file "$work/$2.pw" --state "$state" 2>&1)" = fresh ] || factor "$2"
    review answer "$1" "$2" --answers "$no" >/dev/null
    review approve "$1" "$2" --bytes >"$work/$1.json"
    sign "$2" "$work/$1.json"
    review approve "$1" "$2" --signature "$work/$1.json.sig" --conflict 'tidak ada'
}

# list_entry POST SCOPE TARGET END [LINK]: a case from flagged to listed, prints its number; LINK is
# that of the post, the target without it
list_entry() {
    local id link=${5:-$3}
    case $link in http*) ;; *) link=http://$3/ ;; esac
    id=$(flag "$1" fraud "$link")
    propose "$id" sari "$2" "$3" "$4" >/dev/null
    approve "$id" rina >/dev/null
    echo "$id"
}

# start_season: sari and tono of the team, rina of an independent organisation, and both signatures
start_season() {
    new_key tono
    new_key rina
    add_user sari "Tim Siber Contoh" team
    add_user tono "Tim Siber Contoh" team
    add_user rina "Mitra Cek Contoh" independent
    "$saring" season new --name "Pilkada Contoh" --end "$(date -u -d '+60 days' +%FT00:00:00Z)" \
        --out "$work/musim.json" --state "$state"
    "$saring" season bytes "$work/musim.json" | cmp - "$work/musim.json"
    sign tono "$work/musim.json"
    mv "$work/musim.json.sig" "$work/tim.sig"
    sign rina "$work/musim.json"
    "$saring" season start "$work/musim.json" --team "$work/tim.sig" \
        --independent "$work/musim.json.sig" --state "$state"
    enrol rina
}

# export_to PATH FORMAT
export_to() { clocked "$saring" export "$2" --out "$1" --state "$state" 2>>"$work/export.log"; }

# as_nobody COMMAND…: servers run without rights also when root runs the tests
as_nobody() {
    if [ "$(id -u)" = 0 ]; then
        exec setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"
    fi
    exec "$@"
}

# server_folder NAME: a folder in $work that as_nobody may write
server_folder() {
    mkdir "$work/$1"
    [ "$(id -u)" != 0 ] || chown nobody "$work/$1"
}

# start_upstream: an authoritative server in which every name below example has an address
start_upstream() {
    upstream=$(free_port)
    server_folder up
    cat >"$work/up/root.zone" <<Z
\$TTL 60
. IN SOA ns.upstream. host.upstream. 1 3600 600 86400 60
. IN NS ns.upstream.
ns.upstream. A 127.0.0.1
*.example. A 192.0.2.99
Z
    cat >"$work/up/named.conf" <<Z
options { directory "$work/up"; pid-file none; session-keyfile none; listen-on port $upstream { 127.0.0.1; };
  listen-on-v6 { none; }; recursion no; dnssec-validation no; empty-zones-enable no; };
controls { };
zone "." { type primary; file "root.zone"; };
Z
    start upstream as_nobody named -g -n 1 -c "$work/up/named.conf"
    wait_for 20 answers "$upstream" tersedia.example NOERROR
}

# rcode PORT NAME; answers PORT NAME RCODE
rcode() { dig +time=2 +tries=1 @127.0.0.1 -p "$1" "$2" A 2>/dev/null | sed -n 's/.*status: \([A-Z]*\),.*/\1/p'; }
answers() { [ "$(rcode "$1" "$2")" = "$3" ]; }
