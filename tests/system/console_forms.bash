# Sourced after people.bash: a browser (curl) for each person, which signs in and sends the console's
# forms; the console of $work/saring.yml at $url.
need curl
need oathtool

# run_console: starts it, and again after stop_console; its log goes on. $posts: what it reads from stdin
run_console() {
    consoles=$((${consoles:-0} + 1))
    start run sh -c 'posts=$1; shift; exec "$@" <"$posts"' sh "${posts:-/dev/null}" env "${moved[@]}" "$saring" run -c "$work/saring.yml"
    running=$pid
    wait_for 60 eval '[ "$(grep -c "console: http" "$work/run.log")" -ge $consoles ]'
    url=$(sed -n 's|.*\(http://[^ ]*[0-9]\)/.*|\1|p' "$work/run.log" | tail -n 1)
}

stop_console() {
    kill "$running" 2>/dev/null || true
    wait "$running" 2>/dev/null || true
}
# later SECONDS: the same console, so much later than the clock is, and so is `clocked`; a cookie is of
# its host, whatever the port. Not under faketime itself, which passes no signal on.
later() {
    stop_console
    ahead=$1
    moved=($(moved_by "$1"))
    run_console
}
moved=()

# page NAME PATH [OPTION…]: what that person's browser shows
page() { curl -sS -b "$work/$1.jar" -c "$work/$1.jar" "${@:3}" "$url$2"; }
# field HTML NAME: the value of the first hidden field of that name
field() { grep -o "name=\"$2\" value=\"[^\"]*\"" <<<"$1" | head -n 1 | cut -d'"' -f4 || true; }
# send NAME PAGE TARGET [OPTION…]: a form of PAGE, with its hidden fields, sent to TARGET; prints the
# status, then where it leads to
send() {
    local name=$1 html hidden=() one
    html=$(page "$1" "$2")
    for one in token once version lease release; do
        [ -z "$(field "$html" $one)" ] || hidden+=(--data-urlencode "$one=$(field "$html" $one)")
    done
    # A quick machine sends more forms than the 4 a second that are taken; 429 took nothing.
    curl -sS --retry 9 -o "$work/sent.html" -w '%{http_code} %{redirect_url}\n' -b "$work/$name.jar" -c "$work/$name.jar" \
        -H "Origin: $url" "${hidden[@]}" "${@:4}" "$url$3"
}
# said NAME: what the page says to which the last form led
said() { sed 's/<[^>]*>/ /g' "$work/said.html" | tr -s ' \n' ' '; }
# done_by NAME PAGE TARGET TEXT [OPTION…]: the form is taken, and the page that follows says TEXT
done_by() {
    local name=$1 text=$4 answer
    answer=$(send "$1" "$2" "$3" "${@:5}")
    case $answer in 303*) ;; *) fail "$name $3: $answer $(sed 's/<[^>]*>/ /g' "$work/sent.html" | tr -s ' \n' ' ' | tail -c 600)" ;; esac
    page "$name" "${answer#303 "$url"}" >"$work/said.html"
    has "$(grep -o '<div class="said[^>]*>.*</div>' "$work/said.html" | sed 's/<[^>]*>/ /g' | tr -s ' ')" "$text" "$name $3 says"
}

# code_of NAME: a code that was not used yet: the next step's if this one's was
code_of() {
    local now step
    now=$(date +%s)
    step=$((now / 30))
    if [ "$step" -le "$(cat "$work/$1.step" 2>/dev/null || echo 0)" ]; then step=$(($(cat "$work/$1.step") + 1)); fi
    echo "$step" >"$work/$1.step"
    oathtool --totp -b "$(cat "$work/$1.totp")" -N "@$((step * 30))"
}
# sign_in NAME: with the second factor, which is enrolled the first time
sign_in() {
    local name=$1 answer html
    rm -f "$work/$name.jar"
    answer=$(curl -sS --retry 9 -o "$work/signed.html" -w '%{http_code} %{redirect_url}' -c "$work/$name.jar" -H "Origin: $url" \
        --data-urlencode "name=$name" --data-urlencode "password=$(cat "$work/$name.pw")" "$url/sign-in")
    is "$answer" "303 $url/sign-in/code" "the password of $name"
    html=$(page "$name" /sign-in/code)
    if [ ! -e "$work/$name.totp" ]; then
        grep -o '<code>[A-Z2-7 ]*</code>' <<<"$html" | head -n 1 | tr -cd 'A-Z2-7' >"$work/$name.totp"
        page "$name" /sign-in/code --retry 9 -H "Origin: $url" -d "code=$(code_of "$name")" >"$work/$name.codes.html"
        grep -o '<li><code>[^<]*' "$work/$name.codes.html" | cut -d'>' -f3 >"$work/$name.recovery"
        is "$(wc -l <"$work/$name.recovery")" 10 "recovery codes of $name"
    else
        is "$(page "$name" /sign-in/code --retry 9 -o "$work/signed.html" -w '%{http_code}' -H "Origin: $url" -d "code=$(recovery_of "$name")")" 303 "a recovery code of $name"
    fi
    has "$(page "$name" /)" "<bdi>$name</bdi>" "$name is in"
}
# recovery_of NAME: the next of them
recovery_of() { head -n 1 "$work/$1.recovery"; sed -i 1d "$work/$1.recovery"; }

tests_no=(-d opinion=no -d satire=no -d testimony=no -d campaign=no -d press=no -d debunk=no -d official=no -d hacked=no -d wider=no)
# find_case WORDS: the number of the waiting case whose excerpt has them
find_case() {
    local p
    for p in 1 2 3; do
        curl -fsS -b "$work/sari.jar" -H 'Accept: application/json' "$url/?page=$p"
    done | jq -r --arg w "$1" '.items[] | select(.excerpt | test($w; "i")).id' | head -n 1
}

# weighs WHAT FILE [ORIGIN]: a page as it came has at most 30 KB, and with the style and the script that it asks for at
# most 14 KB compressed; a line of $work/sizes
weighs() {
    local bytes first one
    bytes=$(stat -c %s "$2")
    first=$(gzip -c "$2" | wc -c)
    for one in $(grep -oE '(href|src)="/[a-z]+(-[0-9a-f]{8})?\.(css|js)"' "$2" | cut -d'"' -f2); do
        [ -e "$work/asset${one//\//_}" ] || curl -fsS "${3:-$url}$one" | gzip -c >"$work/asset${one//\//_}"
        first=$((first + $(stat -c %s "$work/asset${one//\//_}")))
    done
    echo "$1 $bytes $first" >>"$work/sizes"
    [ "$bytes" -le 30720 ] || fail "$1 has $bytes bytes"
    [ "$first" -le 14336 ] || fail "the first load of $1 has $first bytes"
    has "$(tail -c 20 "$2")" '</html>' "the end of $1"
}
# weigh NAME PATH
weigh() {
    is "$(page "$1" "$2" -o "$work/weighed.html" -w '%{http_code}')" 200 "$1 at $2"
    weighs "$2" "$work/weighed.html"
}
# keep_sizes NAME: the table, in build/console
keep_sizes() {
    mkdir -p "$root/build/console"
    cp "$work/sizes" "$root/build/console/sizes-$1.txt"
}
