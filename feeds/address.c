#include "feeds/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Blocks of IPv4 that are not global unicast. */
static const struct {
    uint32_t start;
    unsigned bits;
} refused4[] = {
    {0x00000000, 8},  /* 0.0.0.0/8: this network */
    {0x0A000000, 8},  /* 10.0.0.0/8: private */
    {0x64400000, 10}, /* 100.64.0.0/10: shared by carriers */
    {0x7F000000, 8},  /* 127.0.0.0/8: loopback */
    {0xA9FE0000, 16}, /* 169.254.0.0/16: link-local, clouds' metadata */
    {0xAC100000, 12}, /* 172.16.0.0/12: private */
    {0xC0000000, 24}, /* 192.0.0.0/24: protocol assignments */
    {0xC0000200, 24}, /* 192.0.2.0/24: documentation */
    {0xC01FC400, 24}, /* 192.31.196.0/24: AS112 */
    {0xC034C100, 24}, /* 192.52.193.0/24: AMT */
    {0xC0586300, 24}, /* 192.88.99.0/24: 6to4 relays */
    {0xC0A80000, 16}, /* 192.168.0.0/16: private */
    {0xC0AF3000, 24}, /* 192.175.48.0/24: AS112 */
    {0xC6120000, 15}, /* 198.18.0.0/15: benchmarking */
    {0xC6336400, 24}, /* 198.51.100.0/24: documentation */
    {0xCB007100, 24}, /* 203.0.113.0/24: documentation */
    {0xE0000000, 3},  /* 224.0.0.0/4 multicast, 240.0.0.0/4 reserved, broadcast */
};

static bool is_public4(uint32_t address)
{
    for (size_t i = 0; i < sizeof refused4 / sizeof *refused4; i++) {
        uint32_t mask = ~UINT32_C(0) << (32 - refused4[i].bits);
        if ((address & mask) == refused4[i].start) {
            return false;
        }
    }
    return true;
}

/*
 * Global unicast is 2000::/3 alone: that leaves out ::1, ::ffff:0:0/96 (mapped), 64:ff9b::/96 and
 * 64:ff9b:1::/48 (NAT64), 100::/64, fc00::/7, fe80::/10, ff00::/8, 5f00::/16. Inside of it:
 */
static const struct {
    uint32_t start; /* the first 32 bits */
    unsigned bits;
} refused6[] = {
    {0x20010000, 23}, /* 2001::/23: protocol assignments, Teredo, ORCHID */
    {0x20010DB8, 32}, /* documentation */
    {0x20020000, 16}, /* 6to4: holds an IPv4 address */
    {0x3FFF0000, 20}, /* documentation */
};

static bool is_public6(const unsigned char address[16])
{
    uint32_t first = (uint32_t)address[0] << 24 | (uint32_t)address[1] << 16 |
                     (uint32_t)address[2] << 8 | address[3];
    if (first >> 29 != 1) {
        return false;
    }
    for (size_t i = 0; i < sizeof refused6 / sizeof *refused6; i++) {
        uint32_t mask = ~UINT32_C(0) << (32 - refused6[i].bits);
        if ((first & mask) == refused6[i].start) {
            return false;
        }
    }
    return true;
}

bool feeds_address_is_public(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, address, sizeof in);
        return is_public4(ntohl(in.sin_addr.s_addr));
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 in6;
        memcpy(&in6, address, sizeof in6);
        return is_public6(in6.sin6_addr.s6_addr);
    }
    return false;
}

bool feeds_address_text_is_public(const char *text)
{
    struct in_addr in;
    struct in6_addr in6;
    if (inet_pton(AF_INET, text, &in) == 1) {
        return is_public4(ntohl(in.s_addr));
    }
    return inet_pton(AF_INET6, text, &in6) == 1 && is_public6(in6.s6_addr);
}
