#include "feeds/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include "tests/filter/test.h"

static const struct address_case {
    const char *name; /* the address */
    bool is_public;
} cases[] = {
    {"8.8.8.8", true},
    {"1.1.1.1", true},
    {"103.10.64.1", true},
    {"100.63.255.255", true},
    {"100.128.0.0", true},
    {"172.15.255.255", true},
    {"172.32.0.0", true},
    {"11.0.0.0", true},
    {"223.255.255.255", true},
    {"198.20.0.0", true},
    {"169.253.255.255", true},
    {"0.0.0.0", false},
    {"0.1.2.3", false},
    {"10.0.0.1", false},
    {"10.255.255.255", false},
    {"100.64.0.0", false},
    {"100.127.255.255", false},
    {"127.0.0.1", false},
    {"127.255.255.254", false},
    {"169.254.169.254", false},
    {"172.16.0.0", false},
    {"172.31.255.255", false},
    {"192.0.0.8", false},
    {"192.0.2.1", false},
    {"192.88.99.1", false},
    {"192.168.1.1", false},
    {"198.18.0.1", false},
    {"198.19.255.255", false},
    {"198.51.100.1", false},
    {"203.0.113.1", false},
    {"224.0.0.1", false},
    {"239.255.255.255", false},
    {"240.0.0.1", false},
    {"255.255.255.255", false},
    {"2001:4860:4860::8888", true},
    {"2606:4700::1111", true},
    {"2001:200::1", true},
    {"2400:cb00::1", true},
    {"3ffe:ffff::1", true},
    {"::", false},
    {"::1", false},
    {"::ffff:8.8.8.8", false},
    {"::ffff:127.0.0.1", false},
    {"::127.0.0.1", false},
    {"64:ff9b::7f00:1", false},
    {"64:ff9b::808:808", false},
    {"64:ff9b:1::1", false},
    {"100::1", false},
    {"2001::1", false},
    {"2001:10::1", false},
    {"2001:1ff:ffff::1", false},
    {"2001:db8::1", false},
    {"2002:7f00:1::", false},
    {"2002:808:808::", false},
    {"3fff::1", false},
    {"3fff:fff::1", false},
    {"5f00::1", false},
    {"fc00::1", false},
    {"fd12:3456::1", false},
    {"fe80::1", false},
    {"fec0::1", false},
    {"ff02::1", false},
    {"4000::1", false},
};

static void is_told(void **state)
{
    const struct address_case *c = *state;
    struct sockaddr_in in = {.sin_family = AF_INET};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    assert_int_equal(feeds_address_text_is_public(c->name), c->is_public);
    if (inet_pton(AF_INET, c->name, &in.sin_addr) == 1) {
        assert_int_equal(feeds_address_is_public((struct sockaddr *)&in), c->is_public);
    } else {
        assert_int_equal(inet_pton(AF_INET6, c->name, &in6.sin6_addr), 1);
        assert_int_equal(feeds_address_is_public((struct sockaddr *)&in6), c->is_public);
    }
}

static void other_families_are_refused(void **state)
{
    (void)state;
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    assert_false(feeds_address_is_public((struct sockaddr *)&un));
    assert_false(feeds_address_text_is_public("example.com"));
    assert_false(feeds_address_text_is_public("/run/socket"));
    assert_false(feeds_address_text_is_public("8.8.8.8 "));
    assert_false(feeds_address_text_is_public(""));
}

int main(void)
{
    const struct CMUnitTest others[] = {cmocka_unit_test(other_families_are_refused)};
    return RUN_CASES("feeds_address_is_public", cases, is_told) +
           cmocka_run_group_tests_name("feeds_address others", others, NULL, NULL);
}
