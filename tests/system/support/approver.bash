# Sourced by tests of `saring approver`: its pages at $here, asked with curl.

# start_approver SERVER NAME: the program of that person, with the key $work/NAME
start_approver() {
    approvers=$((${approvers:-0} + 1))
    start "approver$approvers" "$saring" approver --server "$1" --key "$work/$2"
    wait_for 30 own_url
    own=$(own_url)
    here=${own%/masuk/*}
    rm -f "$work/jar"
}
own_url() { grep -o 'http://127.0.0.1:[0-9]*/masuk/.*' "$work/approver$approvers.log" | grep .; }
# ask PATH [CURL OPTION…]: status to $work/status, page to stdout
ask() {
    local path=$1
    shift
    curl -sS -b "$work/jar" -c "$work/jar" -o "$work/page" -w '%{http_code} %{redirect_url}' "$@" "$here$path" >"$work/status"
    cat "$work/page"
}
status_is() { is "$(cut -d ' ' -f 1 "$work/status")" "$1" "$2"; }
csrf() { grep -o 'name="csrf" value="[^"]*"' "$work/page" | head -n 1 | cut -d '"' -f 4; }
# post PATH TOKEN FIELD=VALUE…: with the form's token, as a page of ours sends it
post() {
    local path=$1 token=$2 data=()
    shift 2
    for field; do data+=(--data-urlencode "$field"); done
    ask "$path" -H "Origin: $here" --data-urlencode "csrf=$token" "${data[@]}"
}
# come_in: by the address that was printed; the forms' token goes to $token
come_in() {
    ask "${own#"$here"}" >/dev/null
    ask / >/dev/null
    token=$(csrf)
}
# sign_in_as NAME: at the server, with a code of now or of the steps beside it
sign_in_as() { wait_for 120 any_code "$1"; }
any_code() { signed_in "$1" 30 || signed_in "$1" 0 || signed_in "$1" -30; }
signed_in() {
    post /sign-in "$token" "name=$1" "password=$(cat "$work/$1.pw")" "code=$(code "$1" "$2")" >/dev/null
    [ "$(cut -d ' ' -f 1 "$work/status")" = 303 ]
}
# hash_of: of the bytes that the page shows, as its form has it
hash_of() { grep -o 'name="hash" value="[0-9a-f]*"' "$work/page" | cut -d '"' -f 4; }
