#include "filter/console/ticket.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>

#include "filter/base/hash.h"
#include "filter/base/mem.h"

enum { OUTCOMES = 1024, TOKEN_BYTES = 16 };

struct tickets {
    struct hash_key key; /* of this process alone */
    struct ticket_outcome outcomes[OUTCOMES];
    size_t next;
};

struct tickets *tickets_new(void)
{
    struct tickets *tickets = mem_zero(1, sizeof *tickets);
    randombytes_buf(&tickets->key, sizeof tickets->key);
    return tickets;
}

static void forget(struct ticket_outcome *outcome)
{
    free(outcome->person);
    free(outcome->detail);
    free(outcome->typed);
    free(outcome->location);
    *outcome = (struct ticket_outcome){.is_refused = false};
}

void tickets_free(struct tickets *tickets)
{
    for (size_t i = 0; tickets != NULL && i < OUTCOMES; i++) {
        forget(&tickets->outcomes[i]);
    }
    free(tickets);
}

static struct hash true_token(const struct tickets *tickets, struct str secret)
{
    const struct str parts[] = {STR("token"), secret};
    return hash_keyed(&tickets->key, parts, sizeof parts / sizeof *parts);
}

char *ticket_token(const struct tickets *tickets, struct str secret, char out[TICKET_TOKEN])
{
    unsigned char bytes[2 * TOKEN_BYTES];
    struct hash token = true_token(tickets, secret);
    randombytes_buf(bytes, TOKEN_BYTES);
    for (size_t i = 0; i < TOKEN_BYTES; i++) {
        bytes[TOKEN_BYTES + i] = bytes[i] ^ token.bytes[i];
    }
    return sodium_bin2hex(out, TICKET_TOKEN, bytes, sizeof bytes);
}

bool ticket_token_fits(const struct tickets *tickets, struct str secret, struct str token)
{
    unsigned char bytes[2 * TOKEN_BYTES];
    size_t len = 0;
    if (token.len != TICKET_TOKEN - 1 ||
        sodium_hex2bin(bytes, sizeof bytes, token.at, token.len, NULL, &len, NULL) != 0 ||
        len != sizeof bytes) {
        return false;
    }
    struct hash right = true_token(tickets, secret);
    for (size_t i = 0; i < TOKEN_BYTES; i++) {
        bytes[i] ^= bytes[TOKEN_BYTES + i];
    }
    return sodium_memcmp(bytes, right.bytes, TOKEN_BYTES) == 0;
}

char *ticket_once(char out[TICKET_NAME])
{
    unsigned char bytes[(TICKET_NAME - 1) / 2];
    randombytes_buf(bytes, sizeof bytes);
    return sodium_bin2hex(out, TICKET_NAME, bytes, sizeof bytes);
}

char *ticket_said(const struct tickets *tickets, struct str person, struct str once,
                  struct str target, struct str action, char out[TICKET_NAME])
{
    const struct str parts[] = {STR("said"), person, once, target, action};
    struct hash hash = hash_keyed(&tickets->key, parts, sizeof parts / sizeof *parts);
    return sodium_bin2hex(out, TICKET_NAME, hash.bytes, (TICKET_NAME - 1) / 2);
}

const struct ticket_outcome *ticket_find(const struct tickets *tickets, struct str said,
                                         struct str person)
{
    for (size_t i = 0; said.len > 0 && i < OUTCOMES; i++) {
        const struct ticket_outcome *outcome = &tickets->outcomes[i];
        if (outcome->location != NULL && str_is(said, outcome->said) &&
            str_is(person, outcome->person)) {
            return outcome;
        }
    }
    return NULL;
}

static char *copy(const char *text)
{
    return text != NULL ? mem_copy_string(text) : NULL;
}

void ticket_put(struct tickets *tickets, const struct ticket_outcome *outcome)
{
    struct ticket_outcome *place = &tickets->outcomes[tickets->next++ % OUTCOMES];
    assert(outcome->location != NULL && outcome->person != NULL);
    forget(place);
    *place = *outcome;
    place->person = copy(outcome->person);
    place->detail = copy(outcome->detail);
    place->typed = copy(outcome->typed);
    place->location = copy(outcome->location);
}
