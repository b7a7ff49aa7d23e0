#!/bin/bash
# What people do with a case beside deciding it: notes, merging, splitting, evidence that cannot be had, a suspended
# entry restored; and with their own account: password, sign-ins, second factor. Forms alone, as without scripts.
. "$(dirname "$0")/lib.sh"
. tests/system/console_people.bash
for name in sari rina adit; do sign_in $name; done
text_of() { sed 's/<[^>]*>/ /g' | tr -s ' \n' ' '; }

# Notes: kept with the case, by hash alone in the log; an auditor reads them and writes none.
id=$(find_case 'undian')
done_by sari "/cases/$id/notes" "/cases/$id/notes" 'Catatan disimpan' --data-urlencode 'note=Registrar sudah dihubungi <b>kemarin</b>.'
has "$(page adit "/cases/$id")" 'Registrar sudah dihubungi &lt;b&gt;kemarin' 'the note'
has "$(page rina "/cases/$id/notes")" 'Registrar sudah dihubungi' 'the page of notes'
lacks "$(page adit "/cases/$id/notes")" '<textarea' 'a form for an auditor'
is "$(send adit "/account" "/cases/$id/notes" -d note=abc)" '403 ' 'an auditor writes no note'
done_by sari "/cases/$id/notes" "/cases/$id/notes" 'Ditolak' -d note=x
lacks "$(sqlite3 "$state/casebook.db" "SELECT group_concat(detail) FROM log WHERE action = 'note'")" 'Registrar' 'the log'

# Merging: only who holds the case; looked at first, refused when the other moved on.
same=$(page sari "/?class=fraud" -H 'Accept: application/json' | jq -r ".items[] | select(.id != $id and .copies == 1).id" | head -n 1)
is "$(page sari "/cases/$id/merge" -o /dev/null -w '%{http_code} %{redirect_url}')" "303 $url/cases/$id" 'merging takes a claim'
done_by sari "/cases/$id" "/cases/$id/move" 'Diambil' -d action=claim
is "$(send sari "/cases/$id/merge" "/cases/$id/merge" -d action=preview)" '422 ' 'into nothing'
has "$(cat "$work/sent.html")" 'Sebutkan kasus lain' 'into nothing'
is "$(send sari "/cases/$id/merge" "/cases/$id/merge" -d action=preview -d "other=$same")" '200 ' 'the preview'
preview=$(cat "$work/sent.html")
copies() { page adit "/cases/$1" -H 'Accept: application/json' | jq .copies; }
mine=$(copies "$id") both=$(($(copies "$id") + $(copies "$same")))
has "$(text_of <<<"$preview")" "$mine kiriman pindah; kasus tujuan lalu punya $both salinan" 'what happens to copies'
is "$(page sari "/cases/$id" -H 'Accept: application/json' | jq -r .state)" claimed 'a preview changes nothing'
merge=(-d "into=$(field "$preview" into)" -d "into_version=$(field "$preview" into_version)" -d action=merge)
merge_form() { # as the preview's own form sends it
    curl -sS --retry 9 -o "$work/sent.html" -w '%{http_code} %{redirect_url}' -b "$work/sari.jar" -H "Origin: $url" \
        -d "token=$(field "$preview" token)" -d "once=$(field "$preview" once)" -d "version=$(field "$preview" version)" \
        -d "lease=$(field "$preview" lease)" "${merge[@]}" --data-urlencode "reason=$1" "$url/cases/$id/merge"
}
before=$(page adit "/cases/$same" -H 'Accept: application/json' | jq .version)
answer=$(merge_form 'Undian yang sama, situsnya juga.')
case $answer in "303 $url/cases/$same?"*) ;; *) fail "the merger: $answer" ;; esac
is "$(merge_form 'Undian yang sama, situsnya juga.')" "$answer" 'the same form again'
is "$(page sari "/cases/$id" -H 'Accept: application/json' | jq -r .state)" merged 'merged'
is "$(page sari "/cases/$same" -H 'Accept: application/json' | jq -c '[.version, .copies]')" "[$((before + 1)),$both]" 'the other case'
has "$(page adit "/cases/$same")" 'Registrar sudah dihubungi' 'the note came along'
has "$(page adit "/cases/$id")" 'Digabung ke' 'where it went'

# Splitting: the posts that were chosen are shown with what happens, then a new case waits.
done_by sari "/cases/$same" "/cases/$same/move" 'Diambil' -d action=claim
html=$(page sari "/cases/$same/copies")
post=$(grep -o 'name="post" value="[0-9]*"' <<<"$html" | cut -d'"' -f4 | tail -n 1)
is "$(send sari "/cases/$same/copies" "/cases/$same/copies" -d action=preview -d "post=$post")" '200 ' 'the preview of a split'
has "$(text_of <"$work/sent.html")" '1 kiriman menjadi kasus baru' 'what happens'
is "$(copies "$same")" "$both" 'a preview changes nothing'
done_by sari "/cases/$same/copies" "/cases/$same/copies" 'Belum ada yang dipilih' -d action=preview
done_by sari "/cases/$same/copies" "/cases/$same/copies" 'Ditolak' -d action=split -d "post=$post" -d reason=x
done_by sari "/cases/$same/copies" "/cases/$same/copies" 'Kasus baru ini dipisah' -d action=split -d "post=$post" \
    --data-urlencode 'reason=Ternyata undian yang lain.'
is "$(copies "$same")" "$((both - 1))" 'what stays'
is "$(send sari "/cases/$same/copies" "/cases/$same/copies" -d action=hapus -d "post=$post")" '400 ' 'another action'

# Evidence: what is none of the case is refused; what cannot be fetched says why; nothing was fetched here.
id=$(find_case 'data pemilih')
done_by sari "/cases/$id/evidence" "/cases/$id/evidence" 'Ditolak' -d url=https://lain-sekali.example/
done_by sari "/cases/$id/evidence" "/cases/$id/evidence" 'Ditolak' -d url=file:///etc/passwd
done_by sari "/cases/$id/evidence" "/cases/$id/evidence" 'Halaman akan direkam' -d url=https://kpu-daftar.example/verifikasi
failed() { page sari "/cases/$id/evidence" -H 'Accept: application/json' | jq -e '.open == 0 and .orders[0].state == "failed" and (.orders[0].why | length) > 3'; }
wait_for 120 failed
has "$(page adit "/cases/$id/evidence")" 'kpu-daftar[.]example/verifikasi' 'the order'
has "$(page rina "/cases/$id/evidence")" 'hanya dengan data rekaan' 'what forms are tried with'
lacks "$(page adit "/cases/$id/evidence")" 'id="capture"' 'a form for an auditor'
is "$(send adit "/account" "/cases/$id/evidence" -d url=https://kpu-daftar.example/)" '403 ' 'an auditor captures nothing'
for path in "/captures/$(printf 'a%.0s' $(seq 64))" /captures/x "/captures/x/file.warc" "/captures/$(printf 'b%.0s' $(seq 64))/image"; do
    is "$(page adit "$path" -o /dev/null -w '%{http_code}')" 404 "$path"
done

# A suspended entry: its proposer asks, an approver signs other bytes than the entry's; then it is in force again.
what=(-d scope=DOMAIN -d target=kpu-daftar.example -d harvest=personal_data -d days=7 -d "evidence=$(echo x | sha256sum | cut -d' ' -f1)"
    -d observed=15 --data-urlencode "reason=$facts" --data-urlencode 'milder=Pelaporan ke registrar belum dijawab.' --data-urlencode 'conflict=tidak ada')
done_by sari "/cases/$id" "/cases/$id/move" 'Diambil' -d action=claim
done_by sari "/cases/$id/propose" "/cases/$id/propose" 'Diusulkan' "${what[@]}" "${tests_no[@]}" -d action=propose
done_by rina "/cases/$id/approve" "/cases/$id/answer" 'Jawaban Anda tercatat' "${tests_no[@]}"
page rina "/cases/$id/entry.json" >"$work/entri.json"
sign rina "$work/entri.json"
done_by rina "/cases/$id/approve" "/cases/$id/approve" 'Disetujui' -d action=approve --data-urlencode 'conflict=tidak ada' \
    --data-urlencode "signature@$work/entri.json.sig"
done_by sari "/cases/$id" "/cases/$id/move" 'ditangguhkan' -d action=suspend --data-urlencode 'reason=Ada keraguan tentang pemiliknya.'
lacks "$(page rina "/cases/$id/approve")" 'BEGIN SSH' 'nothing to restore yet'
is "$(page rina "/cases/$id/entry.json" -o /dev/null -w '%{http_code}')" 403 'no bytes before its proposer asks'
done_by sari "/cases/$id" "/cases/$id/move" 'dipulihkan' -d action=restore --data-urlencode 'reason=Pemiliknya memang penipu; diperiksa dua kali.'
has "$(page rina "/cases/$id/approve")" 'Pulihkan entri yang ditangguhkan' 'what is asked'
page rina "/cases/$id/entry.json" >"$work/pulih.json"
is "$(jq -r .type "$work/pulih.json")" saring-restore-1 'other bytes'
done_by rina "/cases/$id/approve" "/cases/$id/approve" 'Ditolak' -d action=restore --data-urlencode 'conflict=tidak ada' \
    --data-urlencode "signature@$work/entri.json.sig"
sign rina "$work/pulih.json"
done_by rina "/cases/$id/approve" "/cases/$id/approve" 'dipulihkan' -d action=restore --data-urlencode 'conflict=tidak ada' \
    --data-urlencode "signature@$work/pulih.json.sig"
export_to "$work/list.rpz" rpz
has "$(cat "$work/list.rpz")" 'kpu-daftar.example' 'in force again'
"$saring" audit verify --state "$state" >/dev/null

# One's own account: sign-ins are seen and ended, a new password ends them too, the second factor is moved.
cp "$work/sari.jar" "$work/here.jar"
sign_in sari
cp "$work/sari.jar" "$work/there.jar"
cp "$work/here.jar" "$work/sari.jar"
html=$(page sari /account)
is "$(grep -o 'name="id"' <<<"$html" | wc -l)" 1 'one other sign-in'
has "$html" 'yang ini' 'this one'
lacks "$(page adit /account)" "$(field "$html" id)" "somebody else's sign-in"
done_by adit /account /account 'Yang itu sudah berakhir' -d action=end -d "id=$(field "$html" id)"
is "$(curl -s -o /dev/null -w '%{http_code}' -b "$work/there.jar" "$url/people")" 200 'the other one is in'
done_by sari /account /account 'Sudah diakhiri' -d action=end -d "id=$(field "$html" id)"
is "$(curl -s -o /dev/null -w '%{http_code}' -b "$work/there.jar" "$url/people")" 303 'the other one is out'
done_by sari /account /account 'Kedua kata sandi baru tidak sama' -d action=password -d old=x -d new=kalimat-yang-panjang-1 -d again=kalimat-yang-panjang-2
done_by sari /account /account 'Kata sandi sekarang salah' -d action=password -d old=salah-sekali -d new=kalimat-yang-panjang -d again=kalimat-yang-panjang
done_by sari /account /account 'Ditolak' -d action=password --data-urlencode "old=$(cat "$work/sari.pw")" -d new=pendek -d again=pendek
done_by sari /account /account 'Kata sandi diganti' -d action=password --data-urlencode "old=$(cat "$work/sari.pw")" \
    -d new=kalimat-yang-panjang -d again=kalimat-yang-panjang
echo kalimat-yang-panjang >"$work/sari.pw"
answer=$(send sari /account /account -d action=recovery --data-urlencode "code=$(recovery_of sari)")
is "$answer" '200 ' 'new recovery codes'
is "$(grep -o '<li><code>[^<]*' "$work/sent.html" | cut -d'>' -f3 | tee "$work/sari.recovery" | wc -l)" 10 'ten of them'
sign_in sari # the new ones count, and the new password
is "$(send sari /account /account -d action=factor --data-urlencode "last_code=$(recovery_of sari)")" "303 $url/sign-in" 'a new device'
rm "$work/sari.totp"
sign_in sari # enrols anew
has "$(sqlite3 "$state/casebook.db" "SELECT group_concat(actor || detail) FROM log WHERE action = 'factor'")" 'sari{"how":"reset"' 'who let go of it'
echo ok
