#include "filter/pull/consumer.h"

#include <string.h>

/* A checker that is not installed is skipped: what it would check was rendered here. */
#define IF_THERE(program, command) "! command -v " program " >/dev/null || " command

static const struct pull_consumer consumers[] = {
    {"bind", "rpz", IF_THERE("named-checkzone", "named-checkzone -q saring.rpz '%s/saring.rpz'"),
     "rndc reload saring.rpz", true},
    {"unbound", "rpz", IF_THERE("named-checkzone", "named-checkzone -q saring.rpz '%s/saring.rpz'"),
     "unbound-control auth_zone_reload saring.rpz", true},
    {"unbound-local", "unbound",
     IF_THERE("unbound-checkconf", "unbound-checkconf '%s/saring.unbound.conf' >/dev/null"),
     "unbound-control reload", true},
    /* kresd watches the file (policy.rpz(…, true)). */
    {"knot-resolver", "rpz", IF_THERE("kzonecheck", "kzonecheck -o saring.rpz '%s/saring.rpz'"),
     NULL, true},
    /* An authoritative server, from which resolvers transfer the zone. */
    {"knot", "rpz", IF_THERE("kzonecheck", "kzonecheck -o saring.rpz '%s/saring.rpz'"),
     "knotc -b zone-reload saring.rpz >/dev/null", false},
    {"pdns-recursor", "rpz", NULL, "rec_control reload-lua-config", true},
    {"dnsmasq", "dnsmasq",
     IF_THERE("dnsmasq", "dnsmasq --test --conf-file=/dev/null "
                         "--servers-file='%s/saring.dnsmasq' 2>/dev/null"),
     "systemctl kill -s HUP dnsmasq", true},
    {"dnsdist", "text", NULL, "dnsdist -e 'saring()'", true},
    {"hosts", "hosts", NULL, NULL, true},
    {"squid", "squid", IF_THERE("squid", "squid -k parse >/dev/null 2>&1"), "squid -k reconfigure",
     false},
    {"squidguard", "squidguard", NULL, "squidGuard -C all && squid -k reconfigure", false},
    {"e2guardian", "e2guardian", NULL, "e2guardian -g", false},
    {"nginx", "nginx", IF_THERE("nginx", "nginx -q -t"), "nginx -s reload", false},
    {"haproxy", "haproxy", IF_THERE("haproxy", "haproxy -c -q -f /etc/haproxy/haproxy.cfg"),
     "systemctl reload haproxy", false},
    {"suricata", "suricata", NULL, "suricatasc -c ruleset-reload-nonblocking", false},
    {"adguard", "adblock", NULL, NULL, false},
    {"routeros", "routeros", NULL, NULL, false},
};

const struct pull_consumer *pull_consumers(size_t *count)
{
    *count = sizeof consumers / sizeof *consumers;
    return consumers;
}

const struct pull_consumer *pull_consumer_find(const char *name)
{
    for (size_t i = 0; i < sizeof consumers / sizeof *consumers; i++) {
        if (strcmp(consumers[i].name, name) == 0) {
            return &consumers[i];
        }
    }
    return NULL;
}
