/* tests/feeds/shortener.py as a child of a test. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct shortener_server {
    char folder[64], requests[96];
    int port, beside; /* the shortener; a site that is none */
    pid_t pid;
};

bool shortener_server_start(struct shortener_server *server);
void shortener_server_stop(struct shortener_server *server);

/* How often the text stands in the log of requests; forgetting it begins a new one. */
size_t shortener_server_requests(const struct shortener_server *server, const char *text);
void shortener_server_forget(const struct shortener_server *server);
