#!/bin/bash
# REVIEW, section 5, checks 15 to 19: what is never listable, at the terminal, the console, the approval and
# the lists, in a running season.
. "$(dirname "$0")/../lib.sh"
. "$root/tests/system/abuse/world.bash"
sign_in sari

id=$(flag target fraud http://situs-tiruan.example/)
done_by sari "/cases/$id" "/cases/$id/move" 'Diambil' -d action=claim
lease=$(field "$(page sari "/cases/$id")" lease)
evidence=$(echo formulir | sha256sum | cut -d' ' -f1)
state_is() { [ "$(ask "SELECT state FROM cases WHERE id = $1")" = "$2" ]; }
# web SCOPE TARGET: proposed by the form; prints the status, and what the answer says is in $work/form.txt
web() {
    local answer
    answer=$(send sari "/cases/$id/propose" "/cases/$id/propose" -d scope="$1" --data-urlencode "target=$2" -d harvest=personal_data -d days=7 \
        -d "evidence=$evidence" -d observed=15 --data-urlencode "reason=$facts" --data-urlencode 'milder=Pelaporan belum dijawab.' \
        -d 'conflict=tidak ada' "${tests_no[@]}" -d action=propose)
    case $answer in 303*) page sari "${answer#303 "$url"}" >"$work/sent.html" ;; esac
    sed 's/<[^>]*>/ /g' "$work/sent.html" | tr -s ' \n' ' ' >"$work/form.txt"
    state_is "$id" claimed || echo proposed
    grep -qiE -- "$says" "$work/form.txt" && echo refused
}
guard() { printf '%s\n' "$1" | "$saring" lists guard - --rules "$work/rules" --state "$state" | jq -r .refused; }
# barred LABEL SAYS SCOPE TARGET: refused at the terminal and by the form
barred() {
    says=$2
    cli "$1, at the terminal" "$2" propose "$id" sari "$3" "$4" 20d --lease "$lease"
    http "$1, by the form" refused web "$3" "$4"
}

check 15 'domain terlindung: di bawah, di atas, mirip, titik, huruf besar / protected domain: below, above, homograph, dot, case' \
    'usulan, konsol, daftar / proposal, console, lists'
barred 'a protected name' 'protected' DOMAIN kpu.go.id
barred 'below it' 'protected' HOST daftar.online.kpu.go.id
barred 'above it' 'public suffix|protected' DOMAIN go.id
barred 'above a protected host' 'protected' DOMAIN kompas.com
barred 'a trailing dot' 'protected|target' HOST kpu-uji.example.
barred 'capital letters' 'protected|target' HOST KPU-Uji.EXAMPLE
barred 'full-width letters' 'protected|target' HOST $'\xef\xbd\x8bpu-uji.example'
barred 'a Cyrillic letter' 'looks like|protected' DOMAIN $'k\xd0\xbempas.com'
barred 'an ideographic full stop' 'protected|target' HOST $'kpu-uji\xe3\x80\x82example'
barred 'a soft hyphen' 'protected|target|looks' HOST $'kpu-\xc2\xaduji.example'
barred 'as a page' 'protected' URL https://kpu.go.id/daftar
barred 'with a user before it' '.' URL https://aman.example@kpu.go.id/daftar
barred 'as a port' '.' HOST kpu.go.id:8080
# By its CNAME, as a resolver tells it to who asks one.
if PATH=$PATH:/usr/sbin builtin command -v named >/dev/null; then
    PATH=$PATH:/usr/sbin
    dns=$(free_port)
    server_folder dns
    printf '$TTL 1\n. IN SOA ns.uji. host.uji. 1 3600 600 86400 1\n. IN NS ns.uji.\nns.uji. A 127.0.0.1\n%s\n' '*.example. A 192.0.2.99' \
        'situs-alias.example. CNAME antara.example.' 'antara.example. CNAME WWW.KPU.GO.ID.' 'www.kpu.go.id. A 192.0.2.1' >"$work/dns/root.zone"
    cat >"$work/dns/named.conf" <<Z
options { directory "$work/dns"; pid-file none; session-keyfile none; listen-on port $dns { 127.0.0.1; };
  listen-on-v6 { none; }; recursion no; dnssec-validation no; empty-zones-enable no; minimal-responses no; };
controls { };
zone "." { type primary; file "root.zone"; };
Z
    start dns as_nobody named -g -n 1 -c "$work/dns/named.conf"
    wait_for 30 answers "$dns" tersedia.example NOERROR
    printf 'state: %s\nrules: [%s]\nlists: { resolver: "127.0.0.1:%s" }\n' "$state" "$work/rules" "$dns" >"$work/tanya.yml"
    cli 'a CNAME of a protected name' 'CNAME' propose "$id" sari DOMAIN situs-alias.example 20d --lease "$lease" -c "$work/tanya.yml"
    logged 'a CNAME' 27 'CNAME'
else
    echo 'tanpa / without named: CNAME'
fi
for name in kpu.go.id info.kpu.go.id KPU.go.id. $'\xd0\xbapu.go.id' go.id; do is "$(guard "$name")" true "the guard about $name"; done
logged 'refusals' 26 'protected'
same
done_check

check 16 'domain pers / a press domain' 'usulan, konsol / proposal, console'
barred 'a newspaper' 'protected' DOMAIN tempo.co
barred 'its host' 'protected' HOST nasional.tempo.co
barred 'one of its pages' 'protected' URL https://www.tempo.co/politik/1
barred 'a fact-checker' 'protected' DOMAIN turnbackhoax.id
logged 'refusals' 8 'protected'
same
done_check

check 17 'akhiran publik, tuan rumah bersama, alamat, wildcard / public suffix, shared host, address, wildcard' 'usulan, konsol / proposal, console'
barred 'a public suffix' 'public suffix' DOMAIN web.id
barred 'of the private part' 'public suffix|shared' DOMAIN blogspot.com
barred 'a shared host' 'shared' DOMAIN facebook.com
barred 'a shortener' 'shared' HOST bit.ly
barred 'a top-level domain' '.' DOMAIN xyz
barred 'an address' 'address|target' HOST 192.0.2.7
barred 'an address in one number' 'address|target' HOST 3221225991
barred 'an address of version 6' 'address|target' HOST '[2001:db8::7]'
barred 'a wildcard' 'target' DOMAIN '*.situs-tiruan.example'
barred 'a wildcard inside' 'target' HOST 'www.*.example'
barred 'a pattern' 'target' HOST '.*'
barred 'nothing' '.' DOMAIN ''
barred 'a reserved name' 'reserved|target|dipakai' DOMAIN sesuatu.local
logged 'refusals' 16 'public suffix'
same
done_check

check 18 'P/C di dalam ekspor / P or C in an export' 'usulan, ekspor / proposal, export'
for class in procedure claim; do
    speech=$(flag "pidato-$class" "$class" "http://kabar-$class.example/")
    picture >"$work/before"
    cli "an entry of class $class" 'fraud' propose "$speech" sari DOMAIN "kabar-$class.example" 20d
done
logged 'refusals' 2 'fraud'
same
# Who owns the file writes one in: the list is made of what was signed.
proposed delapanbelas undian-palsu.example
answered rina
approval rina >/dev/null
copy_state "$work/state.paksa"
(
    state=$work/state.paksa
    has "$(in_force)" undian-palsu.example 'the entry is in force'
    sqlite3 "$state/casebook.db" "UPDATE entries SET entry = replace(entry, '\"class\":\"fraud\"', '\"class\":\"claim\"');
        UPDATE cases SET class = 'claim'; UPDATE proposals SET proposal = replace(proposal, '\"class\":\"fraud\"', '\"class\":\"claim\"')"
    lacks "$(in_force)" 'claim' 'a class that was changed in the file'
    sqlite3 "$state/casebook.db" "INSERT INTO entries SELECT randomblob(32), $speech, state, since_ms, due_ms, end_ms,
        replace(entry, 'undian-palsu', 'kabar-claim'), 'kabar-claim.example', reviewer, approver, 0, 0, 0 FROM entries LIMIT 1"
    lacks "$(in_force)" kabar-claim 'an entry that was written into the file'
)
tries=$((tries + 2))
done_check

check 19 'dilindungi kemudian: keluar dalam 5 menit / protected later: gone within 5 minutes' 'pengawas, daftar, persetujuan / upkeep, lists, approval'
in_force >"$work/before.list"
has "$(cat "$work/before.list")" undian-palsu.example 'an entry in force'
proposed sembilanbelas bansos-palsu.example
answered rina
copy_state "$work/state.lindung"
mark
start_s=$SECONDS
printf 'undian-palsu.example\nbansos-palsu.example\n' >>"$work/rules/protected/uji.txt"
list_rules=$work/rules
held 'out of the list at once' eval '! in_force | grep -q undian-palsu'
held 'removed for good by the running program' wait_for 290 eval '[ "$(ask "SELECT count(*) FROM entries WHERE host = '"'undian-palsu.example'"' AND state = '"'removed'"'")" = 1 ]'
held 'and what was proposed is void' wait_for 60 state_is "$id" void
[ $((SECONDS - start_s)) -le 300 ] || fail "19: it took $((SECONDS - start_s)) s"
(
    state=$work/state.lindung # where no program runs: the approval asks the guards itself
    cli 'an approval of it' 'protected|void' approval rina
)
tries=$((tries + 1))
lined 'the running program' 1 'event=voided'
list_rules=
released
done_check
