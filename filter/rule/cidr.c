#include "filter/rule/cidr.h"

#include <arpa/inet.h>
#include <string.h>

#include "filter/base/err.h"

static bool parse_address(struct str text, unsigned char octets[16], bool *is_six)
{
    char address[INET6_ADDRSTRLEN] = "";
    if (text.len == 0 || text.len >= sizeof address || memchr(text.at, '\0', text.len) != NULL) {
        return false;
    }
    memcpy(address, text.at, text.len);
    *is_six = memchr(text.at, ':', text.len) != NULL;
    return inet_pton(*is_six ? AF_INET6 : AF_INET, address, octets) == 1;
}

/* A decimal number of at most three digits. */
static bool parse_bits(struct str text, unsigned *bits)
{
    *bits = 0;
    for (size_t i = 0; i < text.len && i <= 3; i++) {
        if (text.at[i] < '0' || text.at[i] > '9') {
            return false;
        }
        *bits = 10 * *bits + (unsigned)(text.at[i] - '0');
    }
    return text.len > 0 && text.len <= 3;
}

bool rule_cidr_parse(struct str text, struct rule_cidr *cidr, struct err *err)
{
    const char *slash = text.len > 0 ? memchr(text.at, '/', text.len) : NULL;
    size_t end = slash != NULL ? (size_t)(slash - text.at) : text.len;
    *cidr = (struct rule_cidr){.bits = 0};
    bool done = parse_address(str_part(text, 0, end), cidr->octets, &cidr->is_six);
    unsigned most = cidr->is_six ? 128 : 32;
    if (slash == NULL) {
        cidr->bits = most;
    } else {
        done = done && parse_bits(str_part(text, end + 1, text.len), &cidr->bits);
    }
    return (done && cidr->bits <= most) ||
           err_set(err, "not a range of addresses; write it as 10.0.0.0/8 or 2001:db8::/32");
}

bool rule_cidr_contains(const struct rule_cidr *cidr, struct str text)
{
    unsigned char octets[16];
    bool is_six;
    if (text.len > 2 && text.at[0] == '[' && text.at[text.len - 1] == ']') {
        text = str_part(text, 1, text.len - 1);
    }
    const char *zone = text.len > 0 ? memchr(text.at, '%', text.len) : NULL;
    if (zone != NULL && cidr->is_six) {
        text = str_part(text, 0, (size_t)(zone - text.at));
    }
    if (!parse_address(text, octets, &is_six) || is_six != cidr->is_six) {
        return false;
    }
    unsigned whole = cidr->bits / 8, rest = cidr->bits % 8;
    if (memcmp(octets, cidr->octets, whole) != 0) {
        return false;
    }
    return rest == 0 || (octets[whole] ^ cidr->octets[whole]) >> (8 - rest) == 0;
}
