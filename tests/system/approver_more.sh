#!/bin/bash
# What else is signed off the server by `saring approver`: a suspended entry restored, the second reviewer's part of the
# 24-hour lane, a season's file and a certificate of a key; through a server that lies about each of them.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/people.bash"
need curl
. "$root/tests/system/support/two_cases.bash"
. "$root/tests/system/support/approver.bash"
new_key budi
add_user budi "Tim Siber Contoh" team
enrol budi
echo "$id" >"$work/id"
start liar python3 tests/system/support/liar.py "$server" "$work"
wait_for 30 test -s "$work/liar.port"
liar=http://127.0.0.1:$(cat "$work/liar.port")
state_of() { "$saring" review show "$1" --json --state "$state" | jq -r ".$2"; }

# lies CASE BUTTON LIE…: each is seen, and nothing is signed, neither by a page nor by a form that was sent all the same
lies() {
    local case=$1 button=$2 page hash lie
    shift 2
    page=$(ask "/case/$case/")
    has "$page" "$button" "what there is to sign"
    hash=$(hash_of)
    for lie; do
        echo "$lie" >"$work/lie"
        page=$(ask "/case/$case/")
        has "$page" "not to be signed" "the lie about the $lie"
        lacks "$page" "$button" "a lie about the $lie"
        post "/case/$case/sign" "$token" "hash=$hash" "conflict=tidak ada" >/dev/null
        case $(cut -d ' ' -f 1 "$work/status") in 403 | 502) ;; *) fail "signed in spite of a lie about the $lie" ;; esac
        rm "$work/lie"
    done
    [ ! -e "$work/signatures" ] || fail "a signature went to the server"
}
# signed CASE: without a lie it goes through
signed() {
    local page to
    page=$(ask "/case/$1/")
    post "/case/$1/sign" "$token" "hash=$(hash_of)" "conflict=tidak ada" "code=$(code "$2" 0)" >"$work/no"
    status_is 303 "the signature ($(sed 's/<[^>]*>/ /g' "$work/no" | tr -s ' \n' ' '))"
    to=$(cut -d ' ' -f 2 "$work/status")
    has "$(ask "${to#"$here"}")" "recorded" "the outcome"
    rm -f "$work/signatures"
}

# A suspended entry: nothing to sign before its reviewer asks; then other bytes than the entry's.
review answer "$id" rina --answers "$no" >/dev/null
review approve "$id" rina --bytes >"$work/entri.json"
sign rina "$work/entri.json"
review approve "$id" rina --signature "$work/entri.json.sig" --conflict 'tidak ada' >/dev/null
review suspend "$id" budi --reason 'Ragu: situsnya berubah.' >/dev/null
start_approver "$liar" rina
come_in
sign_in_as rina
has "$(ask /)" "#$id" "a suspended entry is on the list"
lacks "$(ask "/case/$id/")" "sign and restore" "nobody asked yet"
review restore "$id" sari --reason 'Panennya masih ada.' >/dev/null
page=$(ask "/case/$id/")
has "$page" "in force again, with the same end" "what signing does"
has "$page" "kpu-daftar.example" "which entry"
lies "$id" "sign and restore" target case class season key sign what page
is "$(state_of "$id" entry_state)" suspended "nothing moved"
signed "$id" rina
is "$(state_of "$id" entry_state)" active "restored"
has "$("$saring" export rpz --state "$state")" "kpu-daftar.example" "the list"

# The second reviewer of the lane: the 24-hour entry, and no other.
echo "tangkapan sari" >"$work/sari.png"
echo "tangkapan budi" >"$work/budi.png"
lane=$(flag tiga fraud http://darurat-palsu.example/)
echo "$lane" >"$work/id"
review urgent "$lane" sari --kind entry --scope HOST --target darurat-palsu.example --harvest personal_data --rules "$work/rules" \
    --evidence "$work/sari.png" --observed 30m --end 20d --reason "$facts" --answers "$no" --conflict 'tidak ada' \
    --milder 'Tidak ada: datanya diambil sekarang.' --second budi --second-evidence "$work/budi.png" --second-at 20m \
    --on-call rina --told 10m --registrant 'surel ke abuse registrar' >/dev/null
lacks "$(ask "/case/$lane/")" "second reviewer</button>" "an approver is no second reviewer"
start_approver "$liar" budi
come_in
sign_in_as budi
ask "/case?id=$lane" >/dev/null
status_is 303 "a case by its number"
has "$(ask "/case/$lane/")" "without an independent approver" "what the lane is"
lies "$lane" "sign as second reviewer" target record reviewer case class season key late page sign what person
signed "$lane" budi
is "$(state_of "$lane" entry_state)" provisional "in force for 24 hours"

# The panel: an appeal about the entry that is in force; what is signed is made here, of what is shown.
new_key nina
add_user nina "Panel Contoh" appeals
enrol nina
echo "$id" >"$work/id"
"$saring" review lodge "$id" --ground 'Situs itu milik koperasi kami, bukan tiruan.' --state "$state" >/dev/null
start_approver "$liar" nina
come_in
sign_in_as nina
has "$(ask /)" "#$id" "an appeal is on the panel's list"
decided() { post "/case/$id/decide" "$token" "action=$1" "reason=${2:-Panennya terbukti, diulang dua kali.}" >"$work/no"; }
for lie in target case class season key late page what appeal panel bytes; do
    echo "$lie" >"$work/lie"
    page=$(ask "/case/$id/")
    has "$page" "not to be signed" "the lie about the $lie"
    lacks "$page" "and uphold" "a lie about the $lie"
    decided uphold
    case $(cut -d ' ' -f 1 "$work/status") in 403 | 502) ;; *) fail "decided in spite of a lie about the $lie" ;; esac
    rm "$work/lie"
done
[ ! -e "$work/signatures" ] || fail "a signature went to the server"
is "$(state_of "$id" entry_state)" suspended "nothing moved"
page=$(ask "/case/$id/")
for words in kpu-daftar.example "milik koperasi kami" "sign and uphold" "$(state_of "$id" entry)" "panel contoh"; do
    has "$page" "$words" "both sides, and what is signed"
done
decided approve
status_is 400 "no decision of the panel"
decided uphold
status_is 303 "the decision ($(sed 's/<[^>]*>/ /g' "$work/no" | tr -s ' \n' ' '))"
rm -f "$work/signatures"
is "$(state_of "$id" entry_state)" active "upheld"
has "$("$saring" export rpz --state "$state")" "kpu-daftar.example" "the list"
# A further one is admitted, and overturned: without a signature, and in spite of a lie about what is signed.
"$saring" review lodge "$id" --ground 'Ini aktanya: domain itu milik koperasi kami.' --state "$state" >/dev/null
review admit "$id" nina --reason 'Ada akta pendirian.' >/dev/null
echo season >"$work/lie"
decided overturn 'Aktanya benar.'
status_is 303 "overturned ($(sed 's/<[^>]*>/ /g' "$work/no" | tr -s ' \n' ' '))"
rm "$work/lie"
[ ! -e "$work/signatures" ] || fail "overturning was signed"
is "$(state_of "$id" entry_state)" removed "overturned"
start_approver "$liar" budi
come_in

# Files: only a season's and a certificate, only as saring writes them, only where this key has a say.
document() { post /document "$token" "bytes=$1"; }
refused_document() {
    document "$1" >"$work/no"
    status_is 403 "$2"
    has "$(cat "$work/no")" "$2" "a file that is not signed"
    post /document/sign "$token" "bytes=$1" "hash=$(printf %s "$1" | sha256sum | cut -d' ' -f1)" >"$work/no"
    status_is 403 "$2, straight to be signed"
    lacks "$(cat "$work/no")" "BEGIN SSH SIGNATURE" "$2"
}
"$saring" season new --name "Pilkada Contoh" --end "$(date -u -d '+60 days' +%FT00:00:00Z)" --out "$work/musim.json" --state "$state"
season=$(cat "$work/musim.json")
page=$(document "$season")
status_is 200 "a season's file"
for words in "Pilkada Contoh" "your key" "Mitra Cek Contoh" "Tim Siber Contoh" "$(date -u -d '+60 days' +%F)"; do has "$page" "$words" "the season in words"; done
refused_document "$(jq . <<<"$season")" "neither" # the same, spelt otherwise
refused_document "$(jq -cS '.end = "2031-01-01T00:00:00.000Z"' <<<"$season")" "240 days"
refused_document "$(jq -cS --arg k "$(cut -d' ' -f1,2 "$work/budi.pub")" '.organisations |= map(.keys -= [$k])' <<<"$season")" "does not name your key"
refused_document "$(jq -cS '.extra = 1' <<<"$season")" "season"
refused_document '{"action":"approve","type":"saring-lain-1"}' "neither"
refused_document "$(cat "$work/entri.json")" "neither"
post /document/sign "$token" "bytes=$season" "hash=$(printf 0%.0s $(seq 64))" >/dev/null
status_is 403 "other bytes than were shown"
post /document/sign "$token" "bytes=$season" "hash=$(sha256sum "$work/musim.json" | cut -d' ' -f1)" >"$work/signed.html"
status_is 200 "the signature"
sed -n '/BEGIN SSH SIGNATURE/,/END SSH SIGNATURE/p' "$work/signed.html" | sed 's/.*-----BEGIN/-----BEGIN/; s/<.*//' >"$work/tim.sig"
sign rina "$work/musim.json"
"$saring" season start "$work/musim.json" --team "$work/tim.sig" --independent "$work/musim.json.sig" --state "$state" >/dev/null

# A colleague's new key, certified by this one.
ssh-keygen -q -t ed25519 -N '' -C sari -f "$work/sari-baru"
"$saring" user key sari --key "$work/sari-baru.pub" --reason 'Kunci sendiri, bukan yang disegel.' --state "$state" >/dev/null
certificate=$("$saring" user certificate sari --state "$state")
page=$(document "$certificate")
status_is 200 "a certificate"
for words in sari "tim siber contoh" "$(cut -d' ' -f2 "$work/sari-baru.pub")"; do has "$page" "$words" "the certificate in words"; done
refused_document "$(jq -cS --arg k "$(cut -d' ' -f1,2 "$work/budi.pub")" '.key = $k' <<<"$certificate" | tr -d '\n')" "your own key"
refused_document "$(jq -cS '.role = "admin"' <<<"$certificate" | tr -d '\n')" "none that saring writes"
post /document/sign "$token" "bytes=$certificate" "hash=$(printf %s "$certificate" | sha256sum | cut -d' ' -f1)" >"$work/signed.html"
status_is 200 "its signature"
sed -n '/BEGIN SSH SIGNATURE/,/END SSH SIGNATURE/p' "$work/signed.html" | sed 's/.*-----BEGIN/-----BEGIN/; s/<.*//' >"$work/sari.sig"
"$saring" user certify sari --signature "$work/sari.sig" --state "$state" >/dev/null
"$saring" audit verify --state "$state" >/dev/null
for word in "$(cat "$work/budi.pw")" "BEGIN OPENSSH PRIVATE KEY"; do
    ! grep -qF -- "$word" "$work"/approver*.log "$work/run.log" || fail "a secret is in a log"
done
echo ok
