# Sourced after lib.sh and people.bash: the set-ups of real servers that several tests share, each from
# its folder in $work (server_folder) and without rights. Only what all of them have is here; what a
# test is about stands in the test.

# rndc_key FOLDER PORT: FOLDER/rndc.key for named.conf, and $work/rndc.conf for rndc at that port
rndc_key() {
    printf 'key "k" { algorithm hmac-sha256; secret "%s"; };\n' "$(head -c 32 /dev/urandom | base64 -w0)" >"$1/rndc.key"
    { cat "$1/rndc.key"; echo "options { default-key \"k\"; default-server 127.0.0.1; default-port $2; };"; } >"$work/rndc.conf"
}

# named_base FOLDER PORT: of options { }, for a resolver that forwards all to $upstream
named_base() {
    cat <<Z
  directory "$1"; pid-file none; session-keyfile none; managed-keys-directory "$1";
  listen-on port $2 { 127.0.0.1; }; listen-on-v6 { none; }; recursion yes;
  qname-minimization off; forward only; forwarders { 127.0.0.1 port $upstream; }; empty-zones-enable no;
Z
}

# named_control FOLDER PORT: what lets rndc in
named_control() {
    printf 'include "%s/rndc.key";\ncontrols { inet 127.0.0.1 port %s allow { 127.0.0.1; } keys { "k"; }; };\n' "$1" "$2"
}

# unbound_base FOLDER PORT: a resolver that forwards all to $upstream; lines of `server:` may follow
unbound_base() {
    cat <<Z
remote-control:
  control-enable: no
forward-zone:
  name: "."
  forward-addr: 127.0.0.1@$upstream
server:
  interface: 127.0.0.1
  port: $2
  do-ip6: no
  username: ""
  chroot: ""
  directory: "$1"
  pidfile: ""
  use-syslog: no
  do-not-query-localhost: no
Z
}

# nginx_base FOLDER: what stands before http { }, and its first lines; the caller closes it
nginx_base() {
    cat <<Z
daemon off; worker_processes 1; pid $1/pid; error_log stderr warn;
events { worker_connections 64; }
http {
  access_log off;
  client_body_temp_path $1/b; proxy_temp_path $1/p; fastcgi_temp_path $1/f; uwsgi_temp_path $1/u; scgi_temp_path $1/s;
Z
}

# start_nginx FOLDER PORT: checks the configuration, as the page says it, and serves
start_nginx() {
    (as_nobody nginx -t -c "$1/nginx.conf") >"$work/nginx.t.log" 2>&1 || fail "nginx refuses what the page says: $(cat "$work/nginx.t.log")"
    start nginx as_nobody nginx -c "$1/nginx.conf"
    wait_for 30 listening "$2"
}

# knot_conf FOLDER PORT SECRET SNIPPET-TEXT: a primary of the zone, with the key saring-key
knot_conf() {
    cat >"$1/knot.conf" <<Z
server:
    rundir: "$1"
    listen: 127.0.0.1@$2
log:
  - target: stderr
    any: info
database:
    storage: "$1"
key:
  - id: saring-key
    algorithm: hmac-sha256
    secret: $3
$4
Z
}

# start_knot FOLDER PORT: from a database of its own; of a file knotd makes one in /tmp, which not every
# machine lets it
start_knot() {
    knotc -c "$1/knot.conf" conf-check >"$work/knot-check.log" 2>&1 || fail "knot refuses what the page says: $(cat "$work/knot-check.log")"
    (as_nobody knotc -C "$1/conf" conf-import "$1/knot.conf") >>"$work/knot-check.log" 2>&1 || fail "$(cat "$work/knot-check.log")"
    start knot as_nobody knotd -C "$1/conf" -s "$1/knot.sock"
    knot_pid=$pid
    wait_for 30 listening "$2"
}

# secondary_conf FOLDER PORT SECRET ZONE-TEXT: BIND, whose policy comes by transfer
secondary_conf() {
    cat >"$1/named.conf" <<Z
key "saring-key" { algorithm hmac-sha256; secret "$3"; };
options {
$(named_base "$1" "$2")
  dnssec-validation no;
  $(snippet bind/options "$work/none")
};
controls { };
$4
Z
}
