#!/bin/bash
# REVIEW, section 5, checks 20 to 27: time. The clock goes on from check to check, as it may never go back.
. "$(dirname "$0")/../lib.sh"
. "$root/tests/system/abuse/world.bash"
. "$root/tests/system/abuse/client.bash"
sign_in sari

# offered ID TARGET EVIDENCE: by sari, to the 24-hour lane, with tono as the second
offered() {
    echo "tangkapan sari $3" >"$work/satu.$3"
    echo "tangkapan tono $3" >"$work/dua.$3"
    review urgent "$1" sari --kind entry --scope HOST --target "$2" --harvest personal_data --evidence "$work/satu.$3" \
        --observed now --end 20d --reason "$facts" --answers "$no" --conflict 'tidak ada' --milder 'Tidak ada: datanya diambil sekarang.' \
        --second tono --second-at now --second-evidence "$work/dua.$3" --on-call rina --told 5m --registrant 'surel ke abuse registrar' "${@:4}"
}
seconded() { # ID: tono signs
    fresh tono
    review urgent "$1" tono --bytes >"$work/lane.json" || return
    sign tono "$work/lane.json"
    review urgent "$1" tono --signature "$work/lane.json.sig" --conflict 'tidak ada'
}
urgent() { # POST TARGET: in force for 24 hours; its case in $id
    id=$(flag "$1" fraud "http://$2/")
    offered "$id" "$2" "$1" >/dev/null
    seconded "$id" >/dev/null
}
entry_is() { [ "$(ask "SELECT state FROM entries WHERE case_id = $1")" = "$2" ]; }

# In force throughout: one of an hour, one of 20 days, one of the lane.
id=$(flag pendek fraud http://undian-sejam.example/)
propose "$id" sari DOMAIN undian-sejam.example 1h >/dev/null
answered rina
approval rina >/dev/null
short=$id
proposed panjang hadiah-palsu.example
answered rina
approval rina >/dev/null
urgent lajur-1 www.tipu-1.example
lane=$id
start_web
fetch 0
is "$(blocked)" 'hadiah-palsu.example undian-sejam.example www.tipu-1.example ' 'a first list'

check 22 'lajur 24 jam kedua pada situs saudara / a second urgent on a sibling host' 'buku kasus / casebook'
sibling=$(flag saudara fraud http://daftar.tipu-1.example/)
seconds_of() { offered "$@" >/dev/null && seconded "$1"; }
cli 'a sibling host' '.' seconds_of "$sibling" daftar.tipu-1.example saudara
other=$(flag bukti-sama fraud http://lain-sekali.example/)
cp "$work/dua.lajur-1" "$work/kept.dua"
same_evidence() {
    review urgent "$other" sari --kind entry --scope HOST --target lain-sekali.example --harvest personal_data --evidence "$work/satu.lajur-1" \
        --observed now --end 20d --reason "$facts" --answers "$no" --conflict 'tidak ada' --milder 'Tidak ada.' \
        --second tono --second-at now --second-evidence "$work/kept.dua" --on-call rina --told 5m --registrant 'surel' >/dev/null && seconded "$other"
}
cli 'the same evidence for another domain' '.' same_evidence
logged 'refusals' 2 '30'
held 'neither is in force' eval '! in_force | grep -qE "daftar.tipu-1|lain-sekali"'
released
done_check

check 23 'lajur 24 jam yang kesebelas / an 11th urgent' 'buku kasus / casebook'
for n in 2 3 4 5 6 7 8 9 10; do urgent "lajur-$n" "www.tipu-$n.example"; done
is "$(in_force | grep -c 'www.tipu-')" 10 'ten are in force'
eleventh=$(flag lajur-11 fraud http://www.tipu-11.example/)
offered "$eleventh" www.tipu-11.example sebelas >/dev/null 2>&1 || true
in_force >"$work/before.list"
mark
cli 'an eleventh' 'ten entries' seconds_of "$eleventh" www.tipu-11.example sebelas
logged 'refusals' 1 'ten entries'
released
done_check

check 25 'banding dan persetujuan berlomba: penangguhan menang / appeal and approval race: the suspension wins' 'buku kasus / casebook'
fresh rina
for n in 2 3 4; do
    id=$(case_of "lajur-$n")
    review answer "$id" rina --answers "$no" >/dev/null
    review approve "$id" rina --bytes >"$work/$id.json"
    sign rina "$work/$id.json"
    {
        review approve "$id" rina --signature "$work/$id.json.sig" --conflict 'tidak ada' >"$work/race.$n" 2>&1 || true
    } &
    racer=$!
    http "an appeal at the same moment ($n)" 200 status --data-urlencode "case=$id" \
        --data-urlencode 'ground=Situs itu milik koperasi kami dan tidak meminta data apa pun.' "$public/banding"
    wait $racer
    held "out of force ($n)" eval '! in_force | grep -q "www.tipu-'"$n"'.example"'
    # Whichever was first: afterwards nothing but the panel brings it back.
    cli "an approval after it ($n)" '.' review approve "$id" rina --signature "$work/$id.json.sig" --conflict 'tidak ada'
    cli "a restoration while it waits ($n)" '.' review restore "$id" sari --reason 'Panennya masih ada.'
done
logged 'refusals' 6 'approve|restore'
released
done_check

check 26 'token pegangan yang terlambat / a late lease token' 'buku kasus, konsol / casebook, console'
late=$(flag telat fraud http://telat-palsu.example/)
done_by sari "/cases/$late" "/cases/$late/move" 'Diambil' -d action=claim
html=$(page sari "/cases/$late")
lease=$(field "$html" lease) version=$(field "$html" version)
cli 'a token that is another' '.' propose "$late" sari DOMAIN telat-palsu.example 20d --lease $((lease + 1))
in_another_hand() {
    propose "$late" tono DOMAIN telat-palsu.example 20d --lease "$lease" --bytes --out "$work/usulan" || fail 'tono drafts'
    sign tono "$work/usulan"
    review propose "$late" tono --lease "$lease" --proposal "$work/usulan" --record "$work/usulan.record" --signature "$work/usulan.sig"
}
cli 'the token in another hand' '.' in_another_hand
later 1300
sign_in sari
lease_is_over() { entry=$(ask "SELECT state FROM cases WHERE id = $late"); [ "$entry" = flagged ]; }
wait_for 60 lease_is_over
picture >"$work/before"
mark
html=$(page sari "/cases/$late")
http 'a form with the old one' 303 curl -sS -o /dev/null -w '%{http_code} ' -b "$work/sari.jar" -H "Origin: $url" -d action=dismiss \
    -d reason='Bukan penipuan.' -d "lease=$lease" -d "version=$version" -d "token=$(field "$html" token)" -d "once=$(field "$html" once)" "$url/cases/$late/move"
cli 'a proposal with the old one' '.' propose "$late" sari DOMAIN telat-palsu.example 20d --lease "$lease"
lease=$(review claim "$late" tono --json | jq .lease)
picture >"$work/before"
cli 'the old token, while another holds it' '.' propose "$late" sari DOMAIN telat-palsu.example 20d --lease $((lease - 1))
logged 'refusals' 3 'propose'
same
done_check

check 20 'entri pada akhir + 1 detik, tanpa program / an entry at its end + 1 s, with nothing running' 'ekspor, saring-pull / export, saring-pull'
publish
fetch 0
has "$(blocked)" undian-sejam.example 'within its hour'
stop_console
ahead=3720
held 'out of an export' eval '! in_force | grep -q undian-sejam'
held 'out of what is published' eval 'publish; ! grep -rq --exclude-dir=blokir undian-sejam "$web/lists/"'
client 0 --lapse
held 'out of what a client has, which asked nobody' eval '! blocked | grep -q undian-sejam'
held 'and the others stay' eval 'blocked | grep -q hadiah-palsu'
later 3720
held 'expired by the program' wait_for 60 entry_is "$short" expired
held 'its row' eval "[ \"\$(ask \"SELECT count(*) FROM log WHERE action = 'expire' AND case_id = $short\")\" = 1 ]"
add_where 'log audit / audit log'
released
done_check

check 21 'sementara pada 24:00:01, setelah mulai ulang, jam mundur / provisional at 24:00:01, after a restart, a clock set back' 'ekspor, buku kasus / export, casebook'
started_s=$(($(ask "SELECT end_ms FROM entries WHERE case_id = $lane") / 1000))
ahead=$((started_s - $(date +%s) - 60))
held 'a minute before it is in force' eval 'in_force | grep -q www.tipu-1.example'
stop_console
ahead=$((started_s - $(date +%s) + 1))
held 'a second after it, with nothing running' eval '! in_force | grep -q www.tipu-1.example'
later $((started_s - $(date +%s) + 5))
held 'lapsed after a restart' wait_for 60 entry_is "$lane" lapsed
fresh rina
cli 'an approval after it' '.' review approve "$lane" rina --signature "$work/$id.json.sig" --conflict 'tidak ada'
cli 'a renewal' '.' offered "$lane" www.tipu-1.example lagi
kept=$ahead
ahead=0
held 'a clock that goes back empties the list' eval '[ -z "$(in_force)" ]'
export_to "$work/back.rpz" rpz || true
held 'and the list says so' grep -q 'dikosongkan / emptied' "$work/back.rpz"
ahead=$kept
logged 'refusals' 1 'lapsed'
released
done_check

check 24 'klien yang tidak mengambil lagi melepas sendiri / a stale client unblocks by itself' 'saring-pull'
publish
removals
fetch 0
has "$(blocked)" hadiah-palsu.example 'a list of now'
kill "$web_pid"
wait "$web_pid" 2>/dev/null || true
stop_console
kept=$ahead
fetch 1
held 'the network is dead: the last list holds for its day' eval 'blocked | grep -q hadiah-palsu'
ahead=$((kept + 23 * 3600))
client 0 --lapse
held 'after 23 hours' eval 'blocked | grep -q hadiah-palsu'
ahead=$((kept + 24 * 3600 + 120))
client 0 --lapse
told 'the client' "$work/pull.err" '0 entri|kosong|empt|valid|lewat'
held 'after 24 hours it is empty' eval '[ -z "$(blocked)" ]'
ahead=$kept
client 0 --lapse || client 1 --lapse
held 'a clock set back brings nothing back' eval '[ -z "$(blocked)" ]'
later $((kept + 24 * 3600 + 180))
released
done_check

check 27 'sehari setelah musim / the day after sunset' 'program, buku kasus, daftar, saring-pull / program, casebook, lists, saring-pull'
last=$(flag akhir fraud http://akhir-musim.example/)
later $((61 * 86400))
fresh sari
picture >"$work/before"
cli 'a claim' '.' review claim "$last" sari
cli 'a proposal' '.' propose "$last" sari DOMAIN akhir-musim.example 5d
echo '{"id":"lewat-musim","source":"uji","text":"ujifraud sesudah musim http://lewat-musim.example/"}' >&5
held 'nothing is in force' eval '[ -z "$(in_force)" ]'
publish
held 'what is published is empty, and signed' eval '[ ! -s "$web/lists/entries.ndjson" ] && [ -s "$web/lists/manifest.json.sig" ]'
export_to "$work/akhir.rpz" rpz || true
held 'and says so' grep -q 'musim sudah berakhir' "$work/akhir.rpz"
web_port=$(free_port)
start web sh -c "exec python3 -W ignore -m http.server -b 127.0.0.1 -d '$web' $web_port >/dev/null 2>&1"
wait_for 30 listening "$web_port"
removals
fetch 1
told 'the client, whose pin is over' "$work/pull.err" 'season|musim'
held 'the client blocks nothing' eval '[ -z "$(blocked)" ]'
held 'no case comes of a post' eval '[ -z "$(case_of lewat-musim || true)" ]'
logged 'refusals' 2 '.'
lined 'the running program' 1 'process=ingest event=(mode mode=|stdin_refused|sources_refused)'
released
done_check
