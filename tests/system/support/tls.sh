# A certificate authority of the test's own, and programs that trust it: in a mount namespace where it is
# one of the system's, so that nothing of saring is told. Source it behind lib.sh.
need openssl
need unshare

# make_ca: $work/ca.crt
make_ca() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/ca.key" \
        -out "$work/ca.crt" -days 30 -subj "/CN=Uji" -addext basicConstraints=critical,CA:TRUE 2>/dev/null
    cat /etc/ssl/certs/ca-certificates.crt "$work/ca.crt" >"$work/trusted.crt"
    chmod 644 "$work/trusted.crt"
}

# make_cert NAME SUBJECT: $work/NAME.crt and .key, for a host or address such as DNS:localhost, IP:127.0.0.1
make_cert() {
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/$1.key" -out "$work/$1.csr" \
        -subj "/CN=$1" 2>/dev/null
    openssl x509 -req -in "$work/$1.csr" -CA "$work/ca.crt" -CAkey "$work/ca.key" -CAcreateserial -days 30 \
        -out "$work/$1.crt" -extfile <(echo "subjectAltName=$2") 2>/dev/null
    chmod 644 "$work/$1.crt" "$work/$1.key"
}

# trust: from now on $saring is one that trusts $work/ca.crt too; skips where no namespace can be made
trust() {
    local how=(-m)
    [ "$(id -u)" = 0 ] || how=(-m --map-current-user --keep-caps)
    unshare "${how[@]}" mount --bind "$work/trusted.crt" /etc/ssl/certs/ca-certificates.crt 2>/dev/null ||
        skip "no mount namespaces here"
    cat >"$work/saring" <<Z
#!/bin/sh
exec unshare ${how[*]} sh -c 'mount --bind "$work/trusted.crt" /etc/ssl/certs/ca-certificates.crt && exec "\$@"' sh "$saring" "\$@"
Z
    chmod 755 "$work/saring"
    saring=$work/saring
}
