#!/bin/bash
# REVIEW, section 5, checks 1 to 8: people, in a running season.
. "$(dirname "$0")/../lib.sh"
. "$root/tests/system/abuse/world.bash"
for name in sari rina gita kelola; do sign_in "$name"; done
keep() { sign_in "$1"; } # a session for later
user() { clocked "$saring" user "$@" --state "$state"; }

proposed satu kpu-daftar.example
answered rina

check 1 'satu orang, dua akun / one person, two accounts' 'buku kasus / casebook'
cp "$work/rina.pub" "$work/kembaran.pub"
cli 'the same key again' 'key' add_user kembaran 'Lembaga Lain Contoh' independent
sed 's/ rina$/ orang-lain/' "$work/rina.pub" >"$work/kembaran.pub"
cli 'the same key, another comment' 'key' add_user kembaran 'Lembaga Lain Contoh' independent
cp "$work/tono.pub" "$work/kembaran.pub"
cli "a reviewer's key for an approver" 'key' add_user kembaran 'Lembaga Lain Contoh' independent
cli 'another spelling of a name' 'name' add_user Rina 'Lembaga Lain Contoh' independent
cli "an approver's key for oneself" 'key' user key sari --key "$work/rina.pub" --reason 'Kunci baru.'
cli 'answers their own proposal' '.' review answer "$id" sari --answers "$no"
cli 'rejects their own proposal' '.' review reject "$id" sari --reason 'Saya sendiri.'
cli 'signs for another' 'another key' approval rina gita
http 'answers over HTTP' 403 send sari "/cases/$id/approve" "/cases/$id/answer" "${tests_no[@]}"
logged 'refusals' 8 'key'
same
done_check

check 2 'penyetuju dari organisasi yang sama atau terikat / approver of the same or a tied organisation' 'buku kasus / casebook'
new_key kembar
cli 'a team as an independent' 'acts as team' add_user kembar 'Tim Siber Contoh' independent
cli 'its name spelled otherwise' 'acts as team' add_user kembar 'TIM  siber contoh' independent
cli "the team's own" '.' review answer "$id" tono --answers "$no"
cli 'of an organisation tied to it' 'tied' review answer "$id" budi --answers "$no"
sign budi "$work/musim.json"
cli 'a season that the two sign' '.' "$saring" season start "$work/musim.json" --team "$work/tim.sig" --independent "$work/musim.json.sig" --state "$state"
logged 'refusals' 5 'tied'
same
for sector in executive police military party; do
    # Each of a copy of the casebook of its own: an organisation is of such a sector for good.
    copy_state "$work/state.$sector"
    (
        state=$work/state.$sector
        user sector 'Mitra Cek Contoh' "$sector" --reason 'Baru diketahui.' >/dev/null
        cli "of sector $sector" 'executive' approval rina
    )
    tries=$((tries + 1))
done
# A tie that comes to light after the entry is in force takes it out.
copy_state "$work/state.terikat"
(
    state=$work/state.terikat
    approval rina >/dev/null
    has "$(in_force)" kpu-daftar.example 'before the tie'
    user tie 'Tim Siber Contoh' 'Gubernur Contoh' --reason 'Satu atasan.' >/dev/null
    user tie 'gubernur contoh' 'Mitra Cek Contoh' --reason 'Satu atasan.' >/dev/null
    lacks "$(in_force)" kpu-daftar.example 'over two ties'
)
tries=$((tries + 1))
done_check

check 3 'penyetuju yang pindah kurang dari 90 hari lalu / approver who moved less than 90 days ago' 'buku kasus / casebook'
copy_state "$work/state.pindah"
kept=$state
state=$work/state.pindah
user move rina --org 'Pemantau Baru Contoh' --kind independent --reason 'Pindah kerja.' >/dev/null
user move tono --org 'Pemantau Lain Contoh' --kind independent --reason 'Pindah kerja.' >/dev/null
user move sari --org 'Pemantau Lain Contoh' --kind independent --key "$work/kembar.pub" --reason 'Pindah kerja.' >/dev/null
picture >"$work/before"
mark
cli 'an approver of another organisation' '90' approval rina
fresh tono
review answer "$id" tono --answers "$no" >/dev/null
review approve "$id" tono --bytes >"$work/$id.json"
picture >"$work/before" # the answers, which decide nothing
cli 'a reviewer who became an approver' '90' approval tono
cli 'the proposer, who became an approver' 'proposed themselves' review reject "$id" sari --reason 'Saya sendiri.'
logged 'refusals' 3 '90 days'
same
state=$kept
done_check

check 4 'penyetuju mengubah, lalu menyetujui / approver edits, then approves' 'buku kasus / casebook'
review approve "$id" rina --bytes >"$work/$id.json"
for edit in 's/DOMAIN/HOST/' 's/kpu-daftar/kpu-lain/' 's/"end":"20/"end":"21/' 's/personal_data/money/' 's/^{/{ /' 's/}$/}\n/'; do
    sed "$edit" "$work/$id.json" >"$work/edited.json"
    cmp -s "$work/edited.json" "$work/$id.json" && fail "nothing is edited by $edit"
    sign rina "$work/edited.json"
    cli "signs what $edit makes of it" 'does not fit|fit' review approve "$id" rina --signature "$work/edited.json.sig" --conflict 'tidak ada'
done
sign rina "$work/edited.json"
http 'and by the form' 303 send rina "/cases/$id/approve" "/cases/$id/approve" -d action=approve -d 'conflict=tidak ada' --data-urlencode "signature@$work/edited.json.sig"
cli 'proposes' '.' propose "$id" rina DOMAIN kpu-daftar.example 20d
http 'proposes by the form' 403 send rina "/cases/$id" "/cases/$id/propose" -d action=propose -d target=kpu-lain.example
logged 'refusals' 7 'fit'
same
done_check

check 5 'panel yang menelaah atau menyetujui / a panel that reviewed or approved' 'buku kasus / casebook'
copy_state "$work/state.panel"
kept=$state
state=$work/state.panel
review approve "$id" rina --bytes >"$work/$id.json"
approval rina >/dev/null
"$saring" review lodge "$id" --ground 'Situs itu milik koperasi kami, bukan tiruan.' --state "$state" >/dev/null
for name in sari rina; do
    new_key "panel-$name"
    user move "$name" --org 'Panel Banding Contoh' --kind appeals --key "$work/panel-$name.pub" --reason 'Pindah kerja.' >/dev/null
    picture >"$work/before"
    [ "$name" = rina ] || mark
    cli "$name upholds" 'acted in this case' review uphold "$id" "$name" --appeal 1 --reason 'Buktinya kuat.'
    cli "$name overturns" 'acted in this case' review overturn "$id" "$name" --appeal 1 --reason 'Buktinya lemah.'
    cli "$name calls it abusive" 'acted in this case' review abusive "$id" "$name" --appeal 1 --reason 'Ini bukan banding.'
done
user tie 'Panel Banding Contoh' 'Tim Siber Contoh' --reason 'Satu atasan.' >/dev/null
picture >"$work/before"
cli 'a panel that is tied to the team' 'tied' review uphold "$id" dewi --appeal 1 --reason 'Buktinya kuat.'
cli 'an approver' 'is not for' review uphold "$id" gita --appeal 1 --reason 'Buktinya kuat.'
logged 'refusals' 8 'acted in this case'
same
lacks "$(in_force)" kpu-daftar 'while the appeal waits'
state=$kept
done_check

check 8 'benturan kepentingan tidak dinyatakan / conflict undeclared' 'buku kasus / casebook'
sign rina "$work/$id.json"
cli 'an approval without a word of it' 'conflict' review approve "$id" rina --signature "$work/$id.json.sig"
cli 'nothing to be seen' 'conflict' review approve "$id" rina --signature "$work/$id.json.sig" --conflict $'\xe2\x80\x8b\xe2\x80\x8b'
cli 'white space' 'conflict' review approve "$id" rina --signature "$work/$id.json.sig" --conflict $' \t\n '
http 'by the form' 303 send rina "/cases/$id/approve" "/cases/$id/approve" -d action=approve -d 'conflict=' --data-urlencode "signature@$work/$id.json.sig"
other=$(flag delapan fraud http://hadiah-palsu.example/)
lease=$(review claim "$other" tono --json | jq .lease)
picture >"$work/before"
cli 'a proposal without one' 'conflict' propose "$other" tono DOMAIN hadiah-palsu.example 20d --lease "$lease" --bytes --out "$work/tanpa.json" --conflict ''
logged 'refusals' 4 'conflict'
same
done_check

check 6 'admin menyetujui; akun muda menyetujui / an administrator or an account under 72 hours approves' 'buku kasus, konsol / casebook, console'
for name in kelola adit dewi; do
    cli "$name answers" 'is not for' review answer "$id" "$name" --answers "$no"
    sign rina "$work/$id.json"
    cli "$name approves" '.' review approve "$id" "$name" --signature "$work/$id.json.sig" --conflict 'tidak ada'
done
http 'an administrator, by the form' 403 send kelola /people "/cases/$id/approve" -d action=approve -d 'conflict=tidak ada' -d signature=x
http 'an administrator answers' 403 send kelola /people "/cases/$id/answer" "${tests_no[@]}"
http 'an administrator moves' 403 send kelola /people "/cases/$id/move" -d action=claim
logged 'refusals' 6 'is not for'
lined 'by the console' 3 'event=access_refused person=kelola'
same
# Young: made now, and made now while the clock says three days ago.
new_key muda
printf 'kata sandi panjang muda\n' >"$work/muda.pw"
"$saring" user add muda --org 'Pantau Pilkada Contoh' --kind independent --key "$work/muda.pub" --state "$state" --password-file "$work/muda.pw" >/dev/null
new_key lampau
add_user lampau 'Pantau Pilkada Contoh' independent >/dev/null 2>&1 # 100 hours ago by its clock, not by the log's
for name in muda lampau; do
    answered "$name"
    picture >"$work/before"
    mark
    cli "an account made now ($name)" '72' approval "$name"
    logged "$name" 1 '72 hours'
    same
done
copy_state "$work/state.reset"
(
    state=$work/state.reset
    for part in totp recovery; do cp "$work/rina.$part" "$work/kept.$part"; done
    user totp rina --reset --reason 'Ponsel hilang.' >/dev/null
    enrol rina >/dev/null
    review approve "$id" rina --bytes >"$work/$id.json"
    picture >"$work/before"
    cli 'whose second factor was reset now' '72 hours' approval rina
    same
    for part in totp recovery; do mv "$work/kept.$part" "$work/rina.$part"; done
)
tries=$((tries + 1))
review approve "$id" rina --bytes >"$work/$id.json"
done_check

check 7 'hak dicabut di tengah sesi / role revoked mid-session' 'konsol, buku kasus / console, casebook'
keep gita
is "$(page gita /people -o /dev/null -w '%{http_code}')" 200 'gita is signed in'
html=$(page gita "/cases/$id/approve")
user disable gita --reason 'Pindah tugas.' >/dev/null
picture >"$work/before"
http 'a page' 303 page gita /people -o /dev/null -w '%{http_code}'
http 'a form that was open' 401 curl -sS -o /dev/null -w '%{http_code} %{redirect_url}' -b "$work/gita.jar" -H "Origin: $url" \
    -d "token=$(field "$html" token)" -d "once=$(field "$html" once)" -d "version=$(field "$html" version)" "${tests_no[@]}" "$url/cases/$id/answer"
cli 'the terminal' '.' review answer "$id" gita --answers "$no"
http 'signs in again' 403 curl -s -o /dev/null -w '%{http_code}' -H "Origin: $url" --data-urlencode name=gita --data-urlencode "password@$work/gita.pw" "$url/sign-in"
user disable sari --reason 'Pindah tugas.' >/dev/null
picture >"$work/before"
cli 'an approval of what a person proposed who has no rights any more' 'no rights' approval rina
logged 'an approval' 1 'no rights'
lined 'a form' 1 'event=form_refused why=not_signed_in'
same
done_check
