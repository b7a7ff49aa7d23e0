# A real server that speaks HTTP/2 over TLS: it is negotiated, one connection serves all sources of the
# host, gzip, br and zstd are unpacked, a conditional GET comes back as 304, certificates are verified.
. "$(dirname "$0")/lib.sh"
. "$root/tests/system/support/run.sh"
. "$root/tests/system/support/tls.sh"
need nginx
PATH=$PATH:/usr/sbin
faketime=$(libfaketime)
[ -n "$faketime" ] || skip "libfaketime is not installed"

make_ca
make_cert localhost DNS:localhost
make_cert lain DNS:lain.example
https=$(free_port)
other=$(free_port)
unknown=$(free_port)
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/asing.key" -out "$work/asing.crt" \
    -days 30 -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null
mkdir "$work/www"
feed() { # feed NAME WORDS
    echo "<rss version=\"2.0\"><channel><title>x</title><item><guid isPermaLink=\"false\">$1</guid><title>$2</title></item></channel></rss>" >"$work/www/$1"
}
feed polos "$marker"
feed gzip "$marker"
# nginx compresses what is longer than 20 bytes by itself; br and zstd are files that it only hands on: one
# entry "br" and one "zstd", whose text is the marker.
python3 - "$work/www" "$marker" <<'P'
import struct, sys
folder, marker = sys.argv[1:]
def feed(name):
    return ('<rss version="2.0"><channel><title>x</title><item><guid isPermaLink="false">%s</guid><title>%s</title></item>'
            '</channel></rss>' % (name, marker)).encode()
class Bits:
    """Least significant bit first, as RFC 7932 has them."""
    def __init__(self): self.bits = []
    def put(self, value, count): self.bits += [value >> i & 1 for i in range(count)]
    def align(self): self.bits += [0] * (-len(self.bits) % 8)
    def bytes(self): return bytes(sum(bit << i for i, bit in enumerate(self.bits[at:at + 8])) for at in range(0, len(self.bits), 8))
def brotli(data):
    """Uncompressed meta-block, then the empty last one (RFC 7932, section 9.2)."""
    out = Bits()
    out.put(0, 1)                # WBITS 16
    out.put(0, 1)                # not the last
    out.put(0, 2)                # MNIBBLES 4
    out.put(len(data) - 1, 16)
    out.put(1, 1)                # uncompressed
    out.align()
    return out.bytes() + data + b'\x03'
def zstd(data):
    """One frame of one raw block (RFC 8878, section 3.1.1)."""
    return b'\x28\xb5\x2f\xfd' + bytes([0x60]) + struct.pack('<H', len(data) - 256 if len(data) >= 256 else 0) + \
        struct.pack('<I', 1 | len(data) << 3)[:3] + data
for name, pack in (('br', brotli), ('zstd', zstd)):
    data = feed(name)
    data += b' ' * max(0, 300 - len(data))
    open(folder + '/' + name, 'wb').write(pack(data))
P
mkdir -m 777 "$work/nginx"
cat >"$work/nginx/nginx.conf" <<EOF
daemon off; master_process off; worker_processes 1; pid $work/nginx/pid; error_log stderr warn;
events { worker_connections 64; }
http {
  client_body_temp_path $work/nginx/b; proxy_temp_path $work/nginx/p; fastcgi_temp_path $work/nginx/f;
  uwsgi_temp_path $work/nginx/u; scgi_temp_path $work/nginx/s;
  log_format uji '\$server_protocol \$connection \$status \$uri [\$http_accept_encoding] [\$http_if_none_match] [\$sent_http_content_encoding]';
  access_log $work/nginx/access.log uji;
  default_type application/rss+xml;
  server {
    listen 127.0.0.1:$https ssl http2; root $work/www;
    ssl_certificate $work/localhost.crt; ssl_certificate_key $work/localhost.key;
    location = /gzip { gzip on; gzip_types application/rss+xml; }
    location = /br { add_header Content-Encoding br; }
    location = /zstd { add_header Content-Encoding zstd; }
  }
  server { listen 127.0.0.1:$other ssl http2; root $work/www; ssl_certificate $work/lain.crt; ssl_certificate_key $work/lain.key; }
  server { listen 127.0.0.1:$unknown ssl http2; root $work/www; ssl_certificate $work/asing.crt; ssl_certificate_key $work/asing.key; }
}
EOF
start nginx nginx -c "$work/nginx/nginx.conf"
wait_for 20 listening "$https"
one_rule
configure
source_of() { echo "  - { id: $1, kind: rss, url: 'https://localhost:$2/$3', organisation: Contoh, allow_private: true }"; }
{
    echo "sources:"
    for name in polos gzip br zstd; do source_of "$name" "$https" "$name"; done
    source_of lain "$other" polos
    source_of asing "$unknown" polos
} >"$work/sources.yml"
start_season
trust
run
wait_for 90 flagged_is 4
for name in lain asing; do wait_for 60 logged "event=source_failed source=$name reason=.*[Cc]ertificate"; done
stop_run
printf '%s\n' polos gzip br zstd >"$work/want"
flagged_are "$work/want"
is "$(cut -d' ' -f1 "$work/nginx/access.log" | sort -u)" HTTP/2.0 "protocols"
is "$(cut -d' ' -f2 "$work/nginx/access.log" | sort -u | wc -l)" 1 "connections"
is "$(grep -c ' 200 ' "$work/nginx/access.log")" 4 "whole documents"
for name in gzip br zstd; do
    has "$(grep "/$name " "$work/nginx/access.log")" "[$name]" "the encoding of /$name"
    has "$(grep "/$name " "$work/nginx/access.log" | grep -o '\[[^]]*\]' | head -1)" "$name" "what is accepted"
done

# Eleven minutes later: the same validators, one more connection, nothing comes.
: >"$work/run.log"
: >"$work/nginx/access.log"
LD_PRELOAD=$faketime FAKETIME=+11m "$saring" run -c "$work/saring.yml" </dev/null >>"$work/run.log" 2>&1 &
supervisor=$!
started+=("$supervisor")
wait_for 90 eval '[ "$(grep -c " 304 " "$work/nginx/access.log")" = 4 ]'
stop_run
is "$(grep -c ' 200 ' "$work/nginx/access.log")" 0 "whole documents after a conditional GET"
is "$(cut -d' ' -f2 "$work/nginx/access.log" | sort -u | wc -l)" 1 "connections of the second time"
is "$(flagged)" 4 "flagged posts"
