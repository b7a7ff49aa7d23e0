#!/bin/bash
# A reviewer's, an approver's, an auditor's and an administrator's day in the console, with forms
# alone, as a browser without scripts sends them.
. "$(dirname "$0")/lib.sh"
. tests/system/console_people.bash

for name in sari rina adit kelola; do sign_in $name; done

# A reviewer: takes, holds, dismisses; a reason that is missing is asked for, what was typed stays.
id=$(find_case 'undian')
done_by sari "/cases/$id" "/cases/$id/move" 'Diambil' -d action=claim
has "$(page sari "/cases/$id")" 'Kasus ini milik Anda' 'the lease'
done_by sari "/cases/$id" "/cases/$id/move" 'Ditolak' -d action=dismiss -d reason=x
has "$(cat "$work/said.html")" '>
x</textarea>' 'what was typed is kept'
done_by sari "/cases/$id" "/cases/$id/move" 'Dilepas' -d action=dismiss --data-urlencode 'reason=Undian ini rekaan, tidak ada yang diambil.'
has "$(page sari "/cases/$id")" 'Undian ini rekaan' 'the reason is in the history'

# Sent twice: the same outcome, no error, one row in the log.
id=$(find_case 'KPPS')
html=$(page sari "/cases/$id")
for i in 1 2; do
    curl -sS -o /dev/null -w '%{redirect_url}\n' -b "$work/sari.jar" -H "Origin: $url" -d action=claim \
        -d "token=$(field "$html" token)" -d "once=$(field "$html" once)" -d "version=$(field "$html" version)" "$url/cases/$id/move"
done >"$work/twice"
is "$(sort -u "$work/twice" | wc -l)" 1 'a form that is sent twice leads to one place'
is "$(page sari "/cases/$id" | grep -c 'Percobaan yang ditolak')" 0 'the second one is no attempt'

# A proposal: what is missing comes back with the form, what it would do is shown, then it is made.
id=$(find_case 'data pemilih')
done_by sari "/cases/$id" "/cases/$id/move" 'Diambil' -d action=claim
evidence=$(echo "formulir" | sha256sum | cut -d' ' -f1)
what=(-d scope=DOMAIN -d target=kpu-daftar.example -d harvest=personal_data -d days=7 -d "evidence=$evidence" -d observed=15
    --data-urlencode "reason=$facts" --data-urlencode 'milder=Pelaporan ke registrar belum dijawab.' --data-urlencode 'conflict=tidak ada')
is "$(send sari "/cases/$id/propose" "/cases/$id/propose" "${what[@]}" -d action=propose)" '422 ' 'tests are missing'
has "$(cat "$work/sent.html")" 'value="kpu-daftar.example"' 'the form keeps what was typed'
is "$(send sari "/cases/$id/propose" "/cases/$id/propose" "${what[@]}" "${tests_no[@]}" -d target=x -d action=propose)" '400 ' 'a field twice'
is "$(send sari "/cases/$id/propose" "/cases/$id/propose" "${what[@]/kpu-daftar.example/kpu.go.id}" "${tests_no[@]}" -d action=preview)" '422 ' 'a protected target'
is "$(send sari "/cases/$id/propose" "/cases/$id/propose" "${what[@]}" "${tests_no[@]}" -d action=preview)" '200 ' 'a preview'
has "$(cat "$work/sent.html")" 'Apa lagi yang ikut terkena' 'the preview'
has "$(cat "$work/sent.html")" '&quot;target&quot;:&quot;kpu-daftar.example&quot;' 'the bytes of the preview'
done_by sari "/cases/$id/propose" "/cases/$id/propose" 'Diusulkan' "${what[@]}" "${tests_no[@]}" -d action=propose

# An approver: blind first, then both answers and the bytes; signs elsewhere.
html=$(page rina "/cases/$id/approve")
has "$html" 'tanpa melihat jawaban penelaah' 'the blind form'
lacks "$html" 'Pelaporan ke registrar' 'what the reviewer answered, before'
is "$(page rina "/cases/$id/entry.json" -o /dev/null -w '%{http_code}')" 403 'no bytes before the answers'
done_by rina "/cases/$id/approve" "/cases/$id/answer" 'Jawaban Anda tercatat' "${tests_no[@]}"
has "$(cat "$work/said.html")" 'Pelaporan ke registrar' 'what the reviewer answered, after'
page rina "/cases/$id/entry.json" >"$work/entri.json"
sign rina "$work/entri.json"
done_by rina "/cases/$id/approve" "/cases/$id/approve" 'Ditolak' -d action=approve -d 'conflict=tidak ada' -d 'signature=xx'
done_by rina "/cases/$id/approve" "/cases/$id/approve" 'Disetujui' -d action=approve --data-urlencode 'conflict=tidak ada' \
    --data-urlencode "signature@$work/entri.json.sig"
has "$(page rina /entries)" 'kpu-daftar[.]example' 'the entry'
export_to "$work/list.rpz" rpz
has "$(cat "$work/list.rpz")" 'kpu-daftar.example' 'the list'

# One is enough to take it out of force.
done_by sari "/cases/$id" "/cases/$id/move" 'Entri dicabut' -d action=remove --data-urlencode 'reason=Situs sudah ditutup.'
has "$(page sari /entries)" 'dicabut' 'the entry is removed'

# Cases that are alike are dismissed together, with one reason.
rule_alike=$(page sari /alike | grep -o 'href="/alike/[^"?]*' | head -n 1 | cut -d'"' -f2)
html=$(page sari "$rule_alike")
ids=$(grep -o 'name="case" value="[0-9]*"' <<<"$html" | cut -d'"' -f4 | head -n 2)
pairs=()
for one in $ids; do pairs+=(-d "case=$one" -d "version-$one=$(field "$html" "version-$one")"); done
done_by sari "$rule_alike" "$rule_alike" 'Yang dipilih dilepas' "${pairs[@]}" --data-urlencode 'reason=Cerita yang sama, bukan penipuan.'
for one in $ids; do has "$(page sari "/cases/$one")" 'Cerita yang sama' "case $one is dismissed"; done
done_by sari "$rule_alike" "$rule_alike" 'Belum ada yang dipilih' -d reason=alasan

# An auditor reads everything and changes nothing; an administrator has no cases.
for path in / /cases/$id /entries /urgent /appeals /rules /sources /people /log /measures; do
    is "$(page adit "$path" -o /dev/null -w '%{http_code}')" 200 "the auditor at $path"
done
lacks "$(page adit "/cases/$id")" 'action="/cases' 'forms for an auditor'
done_by adit /log /log 'Pemeriksaan dimulai'
intact() { page adit /log | grep -q 'Utuh\.'; }
wait_for 60 intact
for path in / /cases/$id /entries; do
    is "$(page kelola "$path" -o /dev/null -w '%{http_code}')" 403 "the administrator at $path"
done
is "$(page kelola /people -o /dev/null -w '%{http_code}')" 200 'the administrator at /people'

# Rules: a text is tried and forgotten; a changed file is a shadow until a second person releases it.
send sari /rules /rules/try --data-urlencode 'text=Ikuti undian, klik link https://undian-uji.example' >/dev/null
# A fact-check that no rule rests on is offered as a draft, as text alone, to the team.
echo '{"url":"https://turnbackhoax.id/2026/11/09/uji","claim":"Kotak suara <b>terbuat</b> dari kertas tisu","rating":"Salah","rated":"2026-11-09"}' |
    "$saring" claims import - --state "$state" --rules "$work/rules" >/dev/null 2>&1 || fail "the fact-check was not taken in"
drafted=$(page sari /rules)
has "$drafted" 'id="drafts"' "the draft's heading"
has "$drafted" 'Kotak suara &lt;b&gt;terbuat' "the claim, as text"
has "$drafted" "url: &#39;https://turnbackhoax.id/2026/11/09/uji&#39;" "its evidence"
lacks "$(page rina /rules)" 'id="drafts"' "a draft for the approver"
has "$(cat "$work/sent.html")" 'aturan cocok' 'a post is tried'
lacks "$(cat "$work/run.log")" 'undian-uji' 'what was tried is not logged'
rule=$(grep -rl 'Pencairan bantuan yang meminta' "$work/rules/fraud" | head -n 1)
rid=$(sed -n 's/^id: *//p' "$rule" | head -n 1)
sed -i 's/^level: .*/level: low/' "$rule"
shadow() { page sari "/rules/$rid" | grep -q '<h2>Bayangan'; }
wait_for 60 shadow
done_by sari "/rules/$rid" "/rules/$rid" 'Diserahkan' -d action=rule_submit --data-urlencode 'reason=Tingkatnya lebih rendah.'
done_by sari "/rules/$rid" "/rules/$rid" 'Ditolak' -d action=rule_release -d reason=sendiri
done_by rina "/rules/$rid" "/rules/$rid" 'Dilepas' -d action=rule_release --data-urlencode 'reason=Sudah saya baca.'

# Sources: the file stays the truth, with its comments.
done_by sari /sources /sources 'Sumber dinyalakan' -d action=enable -d source=contoh
has "$(cat "$work/feeds/sources.yml")" 'enabled: true' 'the file'
has "$(cat "$work/feeds/sources.yml")" '# Sumber uji' 'its comments'
done_by sari /sources /sources 'Sumber dimatikan' -d action=disable -d source=contoh

# Wellbeing stays in the browser.
done_by sari /wellbeing /wellbeing 'Tersimpan' -d break=50 -d hide=claim
has "$(page sari /)" 'Sebagian kelas disembunyikan' 'hidden classes'
lacks "$(sqlite3 "$state/casebook.db" 'SELECT group_concat(detail) FROM log')" 'hide' 'the log knows nothing of it'

# Every page, in both languages, is small and has an end; what merging would do is a page too.
other=$(find_case 'saldo pilkada')
done_by sari "/cases/$other" "/cases/$other/move" 'Diambil' -d action=claim
into=$(page sari "/cases/$other/merge" | grep -o 'name="into" value="[0-9]*"' | head -n 1 | cut -d'"' -f4)
for lang in id en; do
    for path in / "/cases/$id" "/cases/$id/copies" "/cases/$other/notes" "/cases/$other/evidence" "/cases/$other/merge" "/cases/$other/propose" /alike "$rule_alike" \
        /entries /urgent /appeals /rules "/rules/$rid" /sources /people /log /measures /wellbeing /keys /account; do
        weigh sari "$path?lang=$lang"
        has "$(head -c 300 "$work/weighed.html")" "<html lang=\"$lang\">" "the language of $path"
    done
    is "$(send sari "/cases/$other/merge?lang=$lang" "/cases/$other/merge?lang=$lang" -d "into=$into" -d action=preview)" '200 ' 'what merging would do'
    weighs "/cases/$other/merge, what it would do, $lang" "$work/sent.html"
done
keep_sizes console_day

# Signed out: the cookie opens nothing any more.
cp "$work/sari.jar" "$work/kept.jar"
is "$(send sari / /sign-out)" "303 $url/sign-in" 'signing out'
is "$(curl -s -o /dev/null -w '%{http_code} %{redirect_url}' -b "$work/kept.jar" "$url/people")" "303 $url/sign-in" 'the old cookie'
