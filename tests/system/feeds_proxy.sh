# A real Squid in front of sources, over http and https: it is asked for nothing but tunnels to addresses
# that we looked up and checked, never for a name; a refusal says what to ask its owner for.
. "$(dirname "$0")/lib.sh"
. "$root/tests/system/support/run.sh"
. "$root/tests/system/support/tls.sh"
need nginx
need squid
PATH=$PATH:/usr/sbin

make_ca
make_cert localhost DNS:localhost
http=$(free_port)
https=$(free_port)
closed=$(free_port)
mkdir "$work/www"
for name in satu dua tiga; do
    echo "<rss version=\"2.0\"><channel><title>x</title><item><guid isPermaLink=\"false\">$name</guid><title>$marker</title></item></channel></rss>" >"$work/www/$name"
done
mkdir -m 777 "$work/nginx" "$work/squid"
cat >"$work/nginx/nginx.conf" <<EOF
daemon off; master_process off; worker_processes 1; pid $work/nginx/pid; error_log stderr warn;
events { worker_connections 64; }
http {
  client_body_temp_path $work/nginx/b; proxy_temp_path $work/nginx/p; fastcgi_temp_path $work/nginx/f;
  uwsgi_temp_path $work/nginx/u; scgi_temp_path $work/nginx/s;
  log_format uji '\$scheme \$server_protocol \$status \$uri \$http_host';
  access_log $work/nginx/access.log uji;
  default_type application/rss+xml;
  server {
    listen 127.0.0.1:$http; root $work/www;
    location = /pindah { return 302 https://localhost:$https/tiga; }
  }
  server {
    listen 127.0.0.1:$https ssl http2; root $work/www;
    ssl_certificate $work/localhost.crt; ssl_certificate_key $work/localhost.key;
    location = /dalam { return 302 http://127.0.0.2:$http/rahasia; }
  }
}
EOF
start nginx nginx -c "$work/nginx/nginx.conf"
wait_for 20 listening "$https"
port=$(free_port)
cat >"$work/squid/squid.conf" <<EOF
http_port 127.0.0.1:$port
pid_filename $work/squid/squid.pid
cache_log $work/squid.cache.log
logfile_rotate 0
access_log stdio:$work/squid/access.log
coredump_dir $work/squid
cache deny all
cache_mem 8 MB
netdb_filename none
pinger_enable off
shutdown_lifetime 1 seconds
visible_hostname saring-uji
max_filedescriptors 1024
workers 1
dns_nameservers 127.0.0.1
acl tunnel method CONNECT
acl allowed port $http $https
http_access deny !tunnel
http_access deny !allowed
http_access allow all
EOF
touch "$work/squid.cache.log"
[ "$(id -u)" != 0 ] || chown -R proxy "$work/squid" "$work/squid.cache.log"
start squid squid -N -f "$work/squid/squid.conf"
wait_for 60 listening "$port"

one_rule
configure "proxy: http://127.0.0.1:$port"
source_of() { echo "  - { id: $1, kind: rss, url: '$2', organisation: Contoh, allow_private: $3 }"; }
{
    echo "sources:"
    source_of satu "http://localhost:$http/satu" true
    source_of dua "https://localhost:$https/dua" true
    source_of ditolak "http://localhost:$closed/x" true # of a port that the proxy does not tunnel to
    source_of privat "http://localhost:$http/privat" false
    source_of dalam "https://localhost:$https/dalam" true # redirects to another private place
    source_of pindah "http://localhost:$http/pindah" true # redirects to another port
} >"$work/sources.yml"
start_season
trust
run
wait_for 90 flagged_is 2
wait_for 60 logged 'event=source_failed source=ditolak reason=.*CONNECT'
for name in privat dalam pindah; do
    wait_for 60 logged "event=source_failed source=$name reason=\"its address is not public"
done
wait_for 30 eval '"$saring" sources check ditolak -c "$work/saring.yml" | grep "the proxy refuses"'
stop_run
printf '%s\n' satu dua >"$work/want"
flagged_are "$work/want"
# Only tunnels, only to addresses. (A line without a request is our waiting for its port.)
! awk '!/transaction-end-before-headers/ { print $6, $7 }' "$work/squid/access.log" | grep -vE "^CONNECT (127\.0\.0\.1|\[?::1\]?):($http|$https|$closed)$" || fail "the proxy was asked for something else"
has "$(cat "$work/nginx/access.log")" "http HTTP/1.1 200 /satu localhost:$http" "the source over http"
has "$(cat "$work/nginx/access.log")" "https HTTP/2.0 200 /dua localhost:$https" "the source over https"
lacks "$(cat "$work/nginx/access.log")" privat "a private source was reached"
lacks "$(cat "$work/nginx/access.log")" rahasia "a private place was reached"
