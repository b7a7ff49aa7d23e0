#include "filter/cli/publish_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"

/*
 * Shell commands in which $d is the folder of the lists and $t an empty one of their own. What has
 * no checker for a list alone gets the smallest configuration that reads it.
 */
static const struct {
    const char *program, *command;
} checks[] = {
    {"named-checkzone", "named-checkzone -q saring.rpz \"$d/saring.rpz\""},
    {"kzonecheck", "kzonecheck -o saring.rpz \"$d/saring.rpz\""},
    {"unbound-checkconf", "unbound-checkconf \"$d/saring.unbound.conf\""},
    {"dnsmasq", "dnsmasq --test --conf-file=/dev/null --servers-file=\"$d/saring.dnsmasq\""},
    {"squid", "printf 'http_port 127.0.0.1:3128\\ncache_log stdio:/dev/null\\n"
              "acl a dstdomain \"%s/saring.dstdomain\"\\nacl b url_regex "
              "\"%s/saring.url_regex\"\\nhttp_access deny a\\nhttp_access deny b\\n' "
              "\"$d\" \"$d\" >$t/squid && squid -k parse -f $t/squid"},
    {"nginx", "printf 'pid %s/pid; error_log stderr; events { }\\nhttp { access_log off; "
              "client_body_temp_path %s/b; proxy_temp_path %s/p; fastcgi_temp_path %s/f; "
              "uwsgi_temp_path %s/u; scgi_temp_path %s/s;\\nmap_hash_bucket_size 512; "
              "map_hash_max_size 4194304;\\nmap $host $a { hostnames; default 0; include "
              "\"%s/saring.nginx.map\"; }\\nmap $request_uri $b { default 0; include "
              "\"%s/saring.nginx.urls\"; } }\\n' $t $t $t $t $t $t \"$d\" \"$d\" >$t/nginx && "
              "nginx -q -t -p $t/ -c $t/nginx"},
    {"haproxy", "printf 'defaults\\n mode http\\n timeout client 1s\\n timeout connect 1s\\n "
                "timeout server 1s\\nfrontend f\\n bind 127.0.0.1:1\\n http-request deny if { "
                "base,map_end(\"%s/saring.haproxy.domains\") -m found }\\n http-request deny if { "
                "base,map_str(\"%s/saring.haproxy.hosts\") -m found }\\n http-request deny if { "
                "base,map_reg(\"%s/saring.haproxy.urls\") -m found }\\n' \"$d\" \"$d\" \"$d\" "
                ">$t/haproxy && haproxy -c -q -f $t/haproxy"},
};

enum { CHECKS = sizeof checks / sizeof *checks, FIRST_STATUS = 10 };

/* One script that starts them all and ends with the number of the first that refused. */
static void put_script(struct buf *out, const char *folder)
{
    buf_printf(out,
               "PATH=$PATH:/usr/sbin; d=$(cd '%s' && pwd) || exit 1; t=$(mktemp -d) || exit 1; "
               "trap 'rm -rf $t' EXIT; chmod 755 $t; ",
               folder);
    for (unsigned i = 0; i < CHECKS; i++) {
        buf_printf(out, "{ ! command -v %s >/dev/null || { %s; }; } >/dev/null 2>&1 & p%u=$!; ",
                   checks[i].program, checks[i].command, i);
    }
    for (unsigned i = 0; i < CHECKS; i++) {
        buf_printf(out, "wait $p%u || exit %u; ", i, FIRST_STATUS + i);
    }
}

bool publish_check(const char *folder, struct err *err)
{
    struct buf script = BUF_EMPTY;
    put_script(&script, folder);
    fflush(NULL);
    int status = system(script.bytes); // NOLINT(cert-env33-c): ours
    buf_fini(&script);
    if (status == 0) {
        return true;
    }
    unsigned at = status != -1 && WIFEXITED(status) ? (unsigned)WEXITSTATUS(status) : 0;
    return at >= FIRST_STATUS && at < FIRST_STATUS + CHECKS
               ? err_set(err, "%s: menolak daftar di / refuses the list in %.300s",
                         checks[at - FIRST_STATUS].program, folder)
               : err_set(err, "daftar tidak bisa diperiksa / the lists can't be checked");
}
