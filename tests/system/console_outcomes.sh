#!/bin/bash
# From a flagged post to a correction that the running program publishes, and to a referral whose pack is
# kept from the console: forms alone, as a browser without scripts sends them; the public pages and an
# appeal on the listener of their own.
. "$(dirname "$0")/lib.sh"
. tests/system/console_people.bash
stop_console
port=$(free_port)
printf 'public: { port: %s, origin: https://register.example }\n' "$port" >>"$work/saring.yml"
printf 'hosting\tHosting Contoh\tabuse@hosting.example\n' >>"$work/rules/allow/recipients.txt"
run_console
public=http://127.0.0.1:$port
for name in sari rina dewi; do sign_in $name; done

# first CLASS: the number of the first case of that class that waits
first() { curl -fsS -b "$work/sari.jar" -H 'Accept: application/json' "$url/?class=$1" | jq -r '[.items[] | select(.state == "flagged").id][0]'; }
evidence=$(echo "tangkapan" | sha256sum | cut -d' ' -f1)
xss='</textarea><script>window.touched=1</script>"&'
common=(-d "evidence=$evidence" -d observed=15 --data-urlencode 'conflict=tidak ada' --data-urlencode 'milder=Kanal resmi sudah mengumumkan.')
propose_it() { # propose_it ID KIND [FIELD…]: taken, and proposed
    done_by sari "/cases/$1" "/cases/$1/move" 'Diambil' -d action=claim
    done_by sari "/cases/$1/propose?kind=$2" "/cases/$1/propose?kind=$2" 'Diusulkan' "${@:3}" "${common[@]}" -d action=propose
}
approve_it() { # approve_it ID [TESTS…]: blind, then signed away from here
    done_by rina "/cases/$1/approve" "/cases/$1/answer" 'Jawaban Anda tercatat' "${@:2}"
    page rina "/cases/$1/approve" >"$work/judged.html"
    page rina "/cases/$1/entry.json" >"$work/$1.json"
    sign rina "$work/$1.json"
    done_by rina "/cases/$1/approve" "/cases/$1/approve" 'Disetujui' -d action=approve --data-urlencode 'conflict=tidak ada' \
        --data-urlencode "signature@$work/$1.json.sig"
}

# A procedure: what is missing or may not be published comes back with the form.
p=$(first procedure)
[ "$p" -gt 0 ] || fail "no procedure is flagged in the example"
text=(--data-urlencode 'text=Hari pemungutan suara tidak berubah. TPS buka pukul 07.00 sampai 13.00.' --data-urlencode 'text_en=Polling day did not change.'
    --data-urlencode 'reason=Kabar itu menyebut jadwal yang lain daripada yang ditetapkan dan masih berlaku sampai pemilihan selesai.')
done_by sari "/cases/$p" "/cases/$p/move" 'Diambil' -d action=claim
is "$(send sari "/cases/$p/propose?kind=correction" "/cases/$p/propose?kind=correction" "${text[@]}" "${tests_no[@]}" "${common[@]}" -d action=propose \
    --data-urlencode "claim=akun @pelaku berkata lain $xss")" '422 ' 'a handle'
has "$(cat "$work/sent.html")" '&lt;script&gt;' 'what was typed is kept, as text'
lacks "$(cat "$work/sent.html")" '<script>window' 'mark-up in a form that comes back'
is "$(send sari "/cases/$p/propose?kind=correction" "/cases/$p/propose?kind=correction" "${text[@]}" "${tests_no[@]}" "${common[@]}" -d action=preview \
    --data-urlencode "claim=Hari pemungutan dimajukan. $xss")" '200 ' 'a preview'
has "$(cat "$work/sent.html")" 'saring-correction-2' 'the bytes as they will be signed'
done_by sari "/cases/$p/propose?kind=correction" "/cases/$p/propose?kind=correction" 'Diusulkan' "${text[@]}" "${tests_no[@]}" "${common[@]}" \
    -d action=propose --data-urlencode "claim=Hari pemungutan dimajukan. $xss"
approve_it "$p" "${tests_no[@]}"
has "$(cat "$work/judged.html")" 'Polling day did not change.' 'the approver reads what is published'
has "$(page sari '/?state=approved')" "/cases/$p" 'what is ready to be carried out'
done_by sari "/cases/$p" "/cases/$p/move" 'Pelurusan diterbitkan' -d action=correct
published() { curl -fsS "$public/pelurusan-$p.html"; }
wait_for 60 published
published >"$work/pelurusan.html"
weighs "/pelurusan-$p.html" "$work/pelurusan.html" "$public"
html=$(published)
has "$html" 'Hari pemungutan suara tidak berubah.' 'the page for everybody'
has "$html" '&lt;script&gt;' 'mark-up is text there too'
lacks "$html" '<script' 'nothing runs there'
has "$(curl -fsS "$public/")" "pelurusan-$p.html" 'the first page of the register'
has "$(page sari "/cases/$p")" "/pelurusan-$p.html" "the case's page"

# Anybody objects, on the public listener: the page says so.
curl -fsS -o /dev/null -d "case=$p" --data-urlencode 'ground=Jadwal itu memang sudah berubah di kabupaten kami.' "$public/banding"
disputed() { published | grep -q Diperselisihkan; }
wait_for 60 disputed

# A fraud on a hacked site, reported to its host.
f=$(find_case 'undian')
hacked=("${tests_no[@]/official=no/official=yes}") hacked=("${hacked[@]/hacked=no/hacked=yes}")
done_by sari "/cases/$f" "/cases/$f/move" 'Diambil' -d action=claim
html=$(page sari "/cases/$f/propose?kind=referral")
has "$html" '<option value="hosting:Hosting Contoh">Hosting Contoh</option>' 'the team chooses of its list'
lacks "$(grep -o '<option[^<]*' <<<"$html")" olisi 'no police to choose'
address=$("$saring" review show "$f" --json --state "$state" | jq -r '.posts[0].links[0]')
facts_of=(--data-urlencode "reason=$facts" --data-urlencode "claim=Halaman undian palsu $xss" --data-urlencode "url=$address")
for other in 'police:Hosting Contoh' 'platform:Hosting Contoh' 'hosting:Polda Contoh' 'hosting:' ''; do
    is "$(send sari "/cases/$f/propose?kind=referral" "/cases/$f/propose?kind=referral" "${facts_of[@]}" "${tests_no[@]}" "${common[@]}" -d action=propose \
        --data-urlencode "recipient=$other")" '422 ' "the recipient '$other'"
done
done_by sari "/cases/$f/propose?kind=referral" "/cases/$f/propose?kind=referral" 'Diusulkan' "${facts_of[@]}" "${hacked[@]}" "${common[@]}" \
    -d action=propose --data-urlencode 'recipient=hosting:Hosting Contoh'
is "$(page sari "/cases/$f/pack.json" -o /dev/null -w '%{http_code}')" 404 'no pack of what nobody approved'
approve_it "$f" "${hacked[@]}"
done_by sari "/cases/$f" "/cases/$f/move" 'Rujukan dikirim' -d action=refer
has "$(page sari '/?state=referred')" "/cases/$f" 'what waits for an answer'
html=$(page sari "/cases/$f")
has "$html" "/cases/$f/pack.html" 'the pack, to be kept'
has "$html" 'Menunggu jawaban' 'until when an answer is waited for'
page sari "/cases/$f/pack.html" -D "$work/head" >"$work/berkas.html"
weighs "the pack of case $f" "$work/berkas.html"
has "$(cat "$work/head")" "filename=\"rujukan-$f.html\"" 'it is a file'
has "$(cat "$work/berkas.html")" 'Laporan penyalahgunaan' 'what it is'
has "$(cat "$work/berkas.html")" "https://register.example/kasus-$f.html" 'where to object'
lacks "$(cat "$work/berkas.html")" '<script' 'nothing runs in it'
is "$(page rina "/cases/$f/pack.json" | jq -r '.recipient.address, .url' | paste -sd' ')" "abuse@hosting.example $address" 'JSON'
is "$(curl -sS -o /dev/null -w '%{http_code}' "$url/cases/$f/pack.json")" 303 'nobody without an account'
done_by sari "/cases/$f" "/cases/$f/move" 'Penerima menjawab' -d action=reply --data-urlencode 'reason=Halamannya dihapus.'
has "$(page sari "/cases/$f")" 'Halamannya dihapus.' "the recipient's decision"
export_to "$work/list.csv" csv
host=${address#*://}
[ "$(grep -cF "${host%%/*}" "$work/list.csv")" = 0 ] || fail "a referral is in a list"
echo ok
