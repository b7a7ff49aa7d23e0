#!/bin/bash
# CNAMEs (REVIEW, abuse check 15), asked of a real BIND: a name that leads to a protected one or to a shared
# host is neither proposed nor listed, nor is one that a protected name leads to; what has no answer
# waits; what is live stays, whatever its owner points it to; removals go though nobody answers.
. "$(dirname "$0")/lib.sh"
need named
need dig
. "$root/tests/system/people.bash"
PATH=$PATH:/usr/sbin
# Several who approve: each code of a second factor is good for one approval.
approvers=(rina dewi lia maya)
for who in dewi lia maya; do
    new_key $who
    add_user $who "Mitra Cek Contoh" independent
done
start_season
for who in dewi lia maya; do enrol $who; done
cp -r rules "$work/aturan"
printf 'media-uji.example\npanel-uji.example\n' >"$work/aturan/protected/uji.txt"
live=$work/srv/lists
mkdir "$work/srv"

# zone LINE…: what the resolver answers with; all else below example has an address
dns=$(free_port)
server_folder dns
zone() {
    {
        printf '$TTL 1\n. IN SOA ns.uji. host.uji. %s 3600 600 86400 1\n. IN NS ns.uji.\nns.uji. A 127.0.0.1\n*.example. A 192.0.2.99\n' "$(date +%s%N | cut -c5-13)"
        printf '%s\n' "$@"
    } >"$work/dns/root.zone"
}
cat >"$work/dns/named.conf" <<Z
options { directory "$work/dns"; pid-file none; session-keyfile none; listen-on port $dns { 127.0.0.1; };
  listen-on-v6 { none; }; recursion no; dnssec-validation no; empty-zones-enable no; minimal-responses no; };
controls { };
zone "." { type primary; file "root.zone"; };
Z
names=(
    'tiruan-kpu.example. CNAME a.tiruan-kpu.example.' 'a.tiruan-kpu.example. CNAME WWW.KPU.GO.ID.' 'www.kpu.go.id. A 192.0.2.1'
    'www.tiruan-dua.example. CNAME www.bawaslu.go.id.' 'www.bawaslu.go.id. A 192.0.2.1'
    'kpu-tiruan.example. CNAME www.kpu.go.id.' 'palsu-toko.example. CNAME toko.blogspot.com.' 'lazim.example. CNAME hosting-biasa.example.'
    'toko-palsu.example. CNAME toko.blogspot.com.' 'toko.blogspot.com. A 192.0.2.2'
    'hilang.example. CNAME tidak-ada.go.id.'
    'putar.example. CNAME putar-dua.example.' 'putar-dua.example. CNAME putar.example.'
    'biasa.example. CNAME hosting-biasa.example.'
    'www.media-uji.example. CNAME media.cdn-sendiri.example.' 'media.cdn-sendiri.example. CNAME simpul.cdn-lain.example.'
)
zone "${names[@]}"
start_dns() {
    start dns as_nobody named -g -n 1 -c "$work/dns/named.conf"
    dns_pid=$pid
    wait_for 30 answers "$dns" tersedia.example NOERROR
}
start_dns
printf 'state: %s\nrules: [%s]\nlists: { resolver: "127.0.0.1:%s" }\n' "$state" "$work/aturan" "$dns" >"$work/saring.yml"
publish() { # STATUS [OPTION…]
    local want=$1 status=0
    shift
    clocked "$saring" publish --out "$live" -c "$work/saring.yml" "$@" >"$work/out" 2>"$work/said" || status=$?
    is $status "$want" "publish $* ($(cat "$work/said"))"
}
listed() { jq -r '.entry | fromjson | .target' "$live/entries.ndjson" | sort | tr '\n' ' '; }
changes() { jq -r '[.change, .target, (.by | join(","))] | join(" ")' "$work/out" | sort; }

# At the proposal, by whoever asks a resolver.
declare -A cases
tries() { # SCOPE TARGET
    [ -n "${cases[$2]:-}" ] || cases[$2]=$(flag "coba-$2" fraud "http://$2/")
    status=0
    propose "${cases[$2]}" sari "$1" "$2" 20d -c "$work/saring.yml" >"$work/proposed" 2>&1 || status=$?
}
tries DOMAIN kpu-tiruan.example
is $status 1 "a name that leads to the election commission"
has "$(cat "$work/proposed")" "an alias (CNAME) of www.kpu.go.id" "why it is refused"
tries DOMAIN tiruan-dua.example
is $status 1 "a name whose www leads to a protected one"
tries HOST tiruan-dua.example
is $status 0 "the same name without its www"
tries HOST palsu-toko.example
is $status 1 "a name that leads to a shared host"
has "$(cat "$work/proposed")" "toko.blogspot.com" "which one"
tries DOMAIN lazim.example
is $status 0 "a name that leads to nobody who is protected"

# At publication: proposals that nobody asked a resolver for.
listing() { # POST SCOPE TARGET: as list_entry, by one of several
    local id
    id=$(flag "$1" fraud "http://$3/")
    propose "$id" sari "$2" "$3" 20d >/dev/null
    approve "$id" "${approvers[id % 4]}" >/dev/null
    echo "$id"
}
add() { listing "$@" >/dev/null; }
add p1 DOMAIN tiruan-kpu.example
add p2 HOST toko-palsu.example
add p3 DOMAIN kpu-daftar.example
add p4 HOST hilang.example
add p5 HOST putar.example
add p6 HOST biasa.example
add p7 DOMAIN cdn-sendiri.example
add p8 HOST simpul.cdn-lain.example
add p9 HOST lain.cdn-lain.example
publish 1 --dry-run
is "$(changes)" "added biasa.example 
added cdn-sendiri.example 
added kpu-daftar.example 
added lain.cdn-lain.example 
added simpul.cdn-lain.example 
held hilang.example alias
held putar.example alias
held tiruan-kpu.example alias
held toko-palsu.example alias" "who waits, and for what"
has "$(jq -r 'select(.target == "tiruan-kpu.example").why' "$work/out")" "www.kpu.go.id" "to whom it leads"
[ ! -e "$state/aliases" ] || fail "a dry run writes"
publish 1
is "$(listed)" "biasa.example cdn-sendiri.example kpu-daftar.example lain.cdn-lain.example simpul.cdn-lain.example " "what is listed"

# A protected name that leads to what is listed: found behind the publication, and gone at the next one,
# whoever is above it; the name at its end as well as those on the way.
wait_for 5 test -s "$state/aliases"
grep -q ' www.media-uji.example media.cdn-sendiri.example simpul.cdn-lain.example$' "$state/aliases" || fail "what is known: $(grep media-uji "$state/aliases")"
publish 1 --dry-run
has "$(changes)" "removed cdn-sendiri.example alias" "what the dry run says of it"
publish 1
is "$(listed)" "biasa.example kpu-daftar.example lain.cdn-lain.example " "what a protected name leads to"
has "$(cat "$work/said")" "www.media-uji.example dilindungi" "who would be blocked with it"
tries DOMAIN cdn-lain.example
is $status 1 "a proposal for a name above one that a protected name leads to"
tries HOST cdn-lain.example
is $status 0 "a proposal for that name alone"
"$saring" export text --state "$state" --rules "$work/aturan" >"$work/text" 2>/dev/null || true
lacks "$(cat "$work/text")" simpul "export by hand"

# An owner who points a listed name to somebody protected does not get off the list.
names+=('kpu-daftar.example. CNAME www.kpu.go.id.')
zone "${names[@]}"
kill -HUP "$dns_pid"
leads() { dig +short +time=2 +tries=1 @127.0.0.1 -p "$dns" kpu-daftar.example A | grep -q kpu.go.id; }
wait_for 30 leads
publish 1
has "$(listed)" kpu-daftar.example "what is live and leads to a protected name now"

# The owner of a new one does so: it waits until it leads elsewhere again.
names+=('undian-palsu.example. CNAME www.kpu.go.id.')
zone "${names[@]}"
kill -HUP "$dns_pid"
leads() { dig +short +time=2 +tries=1 @127.0.0.1 -p "$dns" undian-palsu.example A | grep -q kpu.go.id; }
wait_for 30 leads
gone=$(listing p10 DOMAIN undian-palsu.example)
publish 1
lacks "$(listed)" undian-palsu "a new one that leads to a protected name"
zone "${names[@]/undian-palsu/undian-lain}"
kill -HUP "$dns_pid"
leads() { [ "$(dig +short +time=2 +tries=1 @127.0.0.1 -p "$dns" undian-palsu.example A)" = 192.0.2.99 ]; }
wait_for 30 leads
publish 1
has "$(listed)" undian-palsu "the same once it leads nowhere else"

# Nobody answers: what is new waits, what is live stays, what is removed goes; and soon.
kill "$dns_pid"
wait "$dns_pid" 2>/dev/null || true
add p11 DOMAIN pulsa-palsu.example
review remove "$gone" sari --reason 'Situs sudah dimatikan registrar.' >/dev/null
began=$SECONDS
publish 1
[ $((SECONDS - began)) -lt 40 ] || fail "a resolver that is gone holds a publication for $((SECONDS - began)) s"
is "$(listed)" "biasa.example kpu-daftar.example lain.cdn-lain.example " "without a resolver"
has "$(cat "$work/said")" "has no answer yet" "why the new one waits"
cp "$state/aliases" "$work/known"
grep -q ' www.media-uji.example media.cdn-sendiri.example simpul.cdn-lain.example$' "$work/known" || fail "what was known is forgotten"
zone "${names[@]/undian-palsu/undian-lain}"
start_dns
publish 1
has "$(listed)" pulsa-palsu "with the resolver back"

# What is in the file and no line of ours is left out.
printf 'x\n\xff\xfe\n1 bukan_nama! a\n9 kantor-uji.go.id pulsa-palsu.example\n' >>"$state/aliases"
publish 1
lacks "$(listed)" pulsa-palsu "what another line says is known too"

# In a season without a resolver that is said.
"$saring" publish --out "$work/srv/lain" --state "$state" --rules "$work/aturan" >/dev/null 2>"$work/said" || true
has "$(cat "$work/said")" "lists.resolver" "that nobody is asked"
echo ok
