#include "feeds/connector/connector.h"

#include <stddef.h>

static const struct {
    feeds_read *read;
    const char *token_header;
} connectors[] = {
#define X(constant, name, single, read, token) [constant] = {read, token},
    FEEDS_KINDS(X)
#undef X
};

feeds_read *feeds_connector_reader(enum feeds_kind kind)
{
    return connectors[kind].read;
}

const char *feeds_connector_token_header(enum feeds_kind kind)
{
    return connectors[kind].token_header;
}
