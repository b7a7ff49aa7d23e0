#include "filter/console/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <ulfius.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/mem.h"
#include "filter/console/form.h"

enum {
    USUAL_CONNECTIONS = 64,
    STREAM_BLOCK = 32 << 10,
    IDLE_SECONDS = 15,
    CONNECTION_BYTES = 16 << 10, /* a request's line and head must fit */
    BACKLOG = 64,
    PEM_BYTES = 256 << 10,
};

/* Connections as they come and go, all in the server's own thread. */
struct connection {
    int fd; /* -1: free */
    int64_t number;
    unsigned char from[8]; /* IPv4, or the network half of IPv6: what one party has at least */
};

struct server {
    struct _u_instance instance;
    struct server_options options;
    struct buf certificate, key; /* PEM; empty without TLS */
    struct connection connections[SERVER_CONNECTIONS_MOST];
    size_t connections_most;
    size_t connection_count;
    int64_t connections_ever;
};

static bool is_tls(const struct server *server)
{
    return server->options.certificate != NULL;
}

/* TLS 1.2 and 1.3 with forward secrecy (GnuTLS priority string). */
#define TLS_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-RSA"

#define POLICY                                                                                     \
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "                \
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "                                \
    "require-trusted-types-for 'script'"

/* What every response says, whatever it is. */
static const struct {
    const char *name, *value;
} headers[] = {
    {"Content-Security-Policy", POLICY},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    /* Not no-referrer, with which browsers send "Origin: null" with a page's own forms. */
    {"Referrer-Policy", "same-origin"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(), geolocation=(), microphone=(), browsing-topics=()"},
    {"Vary", "Accept, Accept-Language, Accept-Encoding, Authorization, Cookie"},
};

static void read_field(struct request_head *head, const char *name, struct str value)
{
    if (strcasecmp(name, "Host") == 0) {
        head->host = value;
        head->hosts++; /* "Host" and "host" are two; two "Host" were joined by a comma */
    } else if (strcasecmp(name, "Accept") == 0) {
        head->accept = value;
    } else if (strcasecmp(name, "Accept-Language") == 0) {
        head->accept_language = value;
    } else if (strcasecmp(name, "Accept-Encoding") == 0) {
        head->accept_encoding = value;
    } else if (strcasecmp(name, "Origin") == 0) {
        head->origin = value;
    } else if (strcasecmp(name, "Cookie") == 0) {
        head->cookie = value;
    } else if (strcasecmp(name, "If-None-Match") == 0) {
        head->if_none_match = value;
    } else if (strcasecmp(name, "If-Match") == 0) {
        head->if_match = value;
    } else if (strcasecmp(name, "If-Modified-Since") == 0) {
        head->if_modified_since = value;
    } else if (strcasecmp(name, "Range") == 0) {
        head->range = value;
    } else if (strcasecmp(name, "If-Range") == 0) {
        head->if_range = value;
    } else if (strcasecmp(name, "Content-Type") == 0) {
        head->content_type = value;
    } else if (strcasecmp(name, "Authorization") == 0) {
        head->authorization = value;
    } else if (strcasecmp(name, "X-Forwarded-For") == 0) {
        head->forwarded = value;
    }
    head->is_forwarded |= strcasecmp(name, "X-Forwarded-For") == 0 ||
                          strcasecmp(name, "Forwarded") == 0 || strcasecmp(name, "Via") == 0 ||
                          strcasecmp(name, "X-Real-IP") == 0;
}

static void write_peer(const struct sockaddr *address, char out[INET6_ADDRSTRLEN])
{
    out[0] = '\0';
    if (address != NULL && address->sa_family == AF_INET) {
        const struct sockaddr_in *four = (const void *)address;
        inet_ntop(AF_INET, &four->sin_addr, out, INET6_ADDRSTRLEN);
    } else if (address != NULL && address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *six = (const void *)address;
        inet_ntop(AF_INET6, &six->sin6_addr, out, INET6_ADDRSTRLEN);
    }
}

static struct request_head read_head(const struct _u_request *request, const char *peer)
{
    struct request_head head = {
        .method = str_of(request->http_verb),
        .target = str_of(request->http_url),
        .peer = str_of(peer),
        .body = {.at = request->binary_body, .len = request->binary_body_length}};
    const struct _u_map *fields = request->map_header;
    for (int i = 0; i < fields->nb_values; i++) {
        read_field(&head, fields->keys[i], str_of(fields->values[i]));
    }
    /* What is longer than we take was cut by Ulfius to one byte more. */
    head.is_body_too_long = head.body.len > FORM_MOST_BYTES;
    return head;
}

/*
 * Whether the body is one whose end two servers may see at two places (RFC 9112, section 11.2), or
 * one that nobody here reads: the connection ends behind the answer.
 */
static bool has_doubtful_body(const struct _u_request *request, const struct request_head *head)
{
    const struct _u_map *fields = request->map_header;
    size_t lengths = 0;
    for (int i = 0; i < fields->nb_values; i++) {
        const char *value = fields->values[i], *name = fields->keys[i];
        /* "Transfer-Encoding : chunked" is no such field here, and one to who is lenient. */
        if (strcasecmp(name, "Transfer-Encoding") == 0 || name[strcspn(name, " \t\v\f")] != '\0') {
            return true;
        }
        if (strcasecmp(fields->keys[i], "Content-Length") == 0) {
            lengths++;
            if (strspn(value, "0123456789") != strlen(value) ||
                (strcmp(value, "0") != 0 && !str_is(head->method, "POST"))) {
                return true;
            }
        }
    }
    return lengths > 1 || head->is_body_too_long;
}

static bool add_header(struct _u_response *to, const char *name, const char *value)
{
    return ulfius_add_header_to_response(to, name, value) == U_OK;
}

static bool add_text(struct _u_response *to, const char *name, const char *value)
{
    return value[0] == '\0' || add_header(to, name, value);
}

/* Set-Cookie is the one field that comes twice; Ulfius' own cookies know no SameSite=Strict there.
 */
static bool add_cookies(struct _u_response *to, const struct response *from)
{
    return add_text(to, "Set-Cookie", from->cookie) && add_text(to, "set-cookie", from->device);
}

static const char *caching(const struct response *from)
{
    return from->is_lasting   ? "public, max-age=31536000, immutable"
           : from->is_checked ? "no-cache"
                              : "no-store";
}

/* What only files have. */
static bool add_file_headers(struct _u_response *to, const struct response *from)
{
    return add_text(to, "Last-Modified", from->modified) &&
           add_text(to, "Content-Range", from->range) &&
           (!from->takes_ranges || add_header(to, "Accept-Ranges", "bytes")) &&
           (!from->is_for_reading || add_header(to, "Content-Security-Policy",
                                                "default-src 'none'; style-src 'unsafe-inline'; "
                                                "base-uri 'none'; form-action 'none'; "
                                                "frame-ancestors 'none'"));
}

static bool add_headers(struct _u_response *to, const struct response *from)
{
    char text[96];
    bool done = (from->type == NULL || add_header(to, "Content-Type", from->type)) &&
                add_header(to, "Cache-Control", caching(from)) &&
                add_text(to, "Location", from->location) && add_cookies(to, from) &&
                add_file_headers(to, from);
    if (from->is_gzip) {
        done = done && add_header(to, "Content-Encoding", "gzip");
    }
    if (from->allow != NULL) {
        done = done && add_header(to, "Allow", from->allow);
    }
    if (from->challenge[0] != '\0') {
        done = done && add_header(to, "WWW-Authenticate", from->challenge);
    }
    if (from->tag[0] != '\0') {
        snprintf(text, sizeof text, "%s%s", from->is_tag_strong ? "" : "W/", from->tag);
        done = done && add_header(to, "ETag", text);
    }
    if (from->retry_s > 0) {
        snprintf(text, sizeof text, "%u", from->retry_s);
        done = done && add_header(to, "Retry-After", text);
    }
    if (from->file[0] != '\0') {
        snprintf(text, sizeof text, "attachment; filename=\"%s\"", from->file);
        done = done && add_header(to, "Content-Disposition", text);
    }
    if (from->has_picture) { /* of ours; elsewhere a browser asks for none, not even an icon */
        done = done && add_header(to, "Content-Security-Policy", POLICY "; img-src 'self'");
    }
    return done;
}

/* A part of a file for the client, as fast as it takes it; what is cut ends the connection. */
static ssize_t stream(void *context, uint64_t offset, char *out, size_t most)
{
    const struct response_stream *from = context;
    if (offset >= from->length) {
        return U_STREAM_END;
    }
    uint64_t left = from->length - offset;
    size_t wanted = left < most ? (size_t)left : most;
    ssize_t got;
    do {
        got = pread(from->file, out, wanted, (off_t)(from->at + offset));
    } while (got < 0 && errno == EINTR);
    return got > 0 ? got : U_STREAM_ERROR;
}

static void end_stream(void *context)
{
    struct response_stream *from = context;
    close(from->file);
    free(from);
}

static bool set_stream(struct _u_response *to, const struct response *from)
{
    struct response_stream *own = mem_alloc(sizeof *own);
    *own = from->stream;
    if (own->length > 0 && ulfius_set_stream_response(to, from->status, stream, end_stream,
                                                      own->length, STREAM_BLOCK, own) == U_OK) {
        return true;
    }
    bool is_empty = own->length == 0;
    end_stream(own);
    return is_empty;
}

/* Ulfius takes no body of no bytes. */
static bool set_body(struct _u_response *to, const struct response *from)
{
    to->status = from->status;
    if (from->is_streamed) {
        return set_stream(to, from);
    }
    return from->body.len == 0 || ulfius_set_binary_body_response(
                                      to, from->status, from->body.bytes, from->body.len) == U_OK;
}

static int respond(const struct _u_request *request, struct _u_response *to, void *data)
{
    struct server *server = data;
    char peer[INET6_ADDRSTRLEN];
    write_peer(request->client_address, peer);
    struct request_head head = read_head(request, peer);
    struct response response;
    server->options.give(server->options.context, &head, &response);
    bool done =
        add_headers(to, &response) &&
        (!has_doubtful_body(request, &head) || add_header(to, "Connection", "close")) &&
        (!is_tls(server) || add_header(to, "Strict-Transport-Security", "max-age=31536000"));
    if (done) {
        done = set_body(to, &response);
    } else if (response.is_streamed) {
        close(response.stream.file);
    }
    buf_fini(&response.body);
    return done ? U_CALLBACK_COMPLETE : U_CALLBACK_ERROR;
}

static size_t count_of(const struct server *server, const struct connection *like)
{
    size_t count = 0;
    for (size_t i = 0; i < server->connections_most; i++) {
        const struct connection *one = &server->connections[i];
        count += one->fd >= 0 && memcmp(one->from, like->from, sizeof one->from) == 0 ? 1 : 0;
    }
    return count;
}

/* The oldest of whoever has most. */
static struct connection *find_spare(struct server *server)
{
    struct connection *spare = NULL;
    size_t most = 0;
    for (size_t i = 0; i < server->connections_most; i++) {
        struct connection *one = &server->connections[i];
        size_t count = one->fd >= 0 ? count_of(server, one) : 0;
        if (count > most || (count > 0 && count == most && one->number < spare->number)) {
            spare = one;
            most = count;
        }
    }
    return spare;
}

static void read_from(const struct sockaddr *address, unsigned char from[8])
{
    memset(from, 0, 8);
    if (address != NULL && address->sa_family == AF_INET) {
        memcpy(from, &((const struct sockaddr_in *)(const void *)address)->sin_addr, 4);
    } else if (address != NULL && address->sa_family == AF_INET6) {
        memcpy(from, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, 8);
    }
}

static void enter(struct server *server, int fd, const struct sockaddr *address, void **context)
{
    for (size_t i = 0; i < server->connections_most && *context == NULL; i++) {
        struct connection *one = &server->connections[i];
        if (one->fd < 0) {
            *one = (struct connection){.fd = fd, .number = server->connections_ever++};
            read_from(address, one->from);
            *context = one;
            server->connection_count++;
        }
    }
    if (server->connection_count > server->connections_most / 4 * 3) {
        /* Its end is noticed and it leaves, like one whose client went. */
        shutdown(find_spare(server)->fd, SHUT_RDWR);
    }
}

static void leave(struct server *server, void **context)
{
    struct connection *one = *context;
    if (one != NULL) {
        one->fd = -1;
        server->connection_count--;
        *context = NULL;
    }
}

static void note_connection(void *data, struct MHD_Connection *connection, void **context,
                            enum MHD_ConnectionNotificationCode what)
{
    struct server *server = data;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        const union MHD_ConnectionInfo *from =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
        if (info != NULL) {
            enter(server, info->connect_fd, from != NULL ? from->client_addr : NULL, context);
        }
    } else {
        leave(server, context);
    }
}

struct socket_address {
    union {
        struct sockaddr any;
        struct sockaddr_in four;
        struct sockaddr_in6 six;
    } at;
    socklen_t len;
    bool is_wildcard;
};

static bool parse_address(const char *text, unsigned port, struct socket_address *address)
{
    *address = (struct socket_address){.len = sizeof address->at.four};
    if (inet_pton(AF_INET, text, &address->at.four.sin_addr) == 1) {
        address->at.four.sin_family = AF_INET;
        address->at.four.sin_port = htons((uint16_t)port);
        address->is_wildcard = address->at.four.sin_addr.s_addr == htonl(INADDR_ANY);
        return true;
    }
    *address = (struct socket_address){.len = sizeof address->at.six};
    if (inet_pton(AF_INET6, text, &address->at.six.sin6_addr) == 1) {
        address->at.six.sin6_family = AF_INET6;
        address->at.six.sin6_port = htons((uint16_t)port);
        address->is_wildcard = IN6_IS_ADDR_UNSPECIFIED(&address->at.six.sin6_addr);
        return true;
    }
    return false;
}

static unsigned bound_port(int fd)
{
    struct socket_address address = {.len = sizeof address.at};
    if (getsockname(fd, &address.at.any, &address.len) != 0) {
        return 0;
    }
    return ntohs(address.at.any.sa_family == AF_INET6 ? address.at.six.sin6_port
                                                      : address.at.four.sin_port);
}

/* A listening socket; -1 with the reason. */
static int listen_at(const struct server_options *options, const struct socket_address *address,
                     struct err *err)
{
    const char *text = options->address;
    unsigned port = options->port;
    int on = 1,
        fd = socket(address->at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        (address->at.any.sa_family == AF_INET6 &&
         setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) != 0) ||
        bind(fd, &address->at.any, address->len) != 0 || listen(fd, BACKLOG) != 0) {
        if (errno == EADDRINUSE) {
            err_set(err,
                    "%s port %u dipakai program lain / is in use by another program: stop it, or "
                    "choose a port: `%s: { port: 8421 }` in saring.yml, and run with -c "
                    "saring.yml",
                    text, port, options->name);
        } else {
            err_set(err, "%s port %u: tidak dapat disajikan / cannot be listened on: %s", text,
                    port, strerror(errno));
        }
        if (fd >= 0) {
            close(fd);
        }
        return -1;
    }
    return fd;
}

static bool make_instance(struct server *server, unsigned port)
{
    struct _u_instance *instance = &server->instance;
    if (ulfius_init_instance(instance, port, NULL, NULL) != U_OK) {
        return false;
    }
    instance->max_post_body_size = FORM_MOST_BYTES + 1; /* the rest is read and thrown away */
    instance->max_post_param_size = 1;
    instance->allowed_post_processor = U_POST_PROCESS_NONE;
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        if (u_map_put(instance->default_headers, headers[i].name, headers[i].value) != U_OK) {
            return false;
        }
    }
    return ulfius_add_endpoint_by_val(instance, "*", NULL, "*", 0, respond, server) == U_OK;
}

static bool start_server(struct server *server, int fd, bool is_six)
{
    struct MHD_OptionItem options[] = {
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)mhd_request_completed, NULL},
        {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)ulfius_uri_logger, NULL},
        {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)note_connection, server},
        {MHD_OPTION_LISTEN_SOCKET, fd, NULL},
        {MHD_OPTION_CONNECTION_LIMIT, (intptr_t)server->connections_most, NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_BYTES, NULL},
        {MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL},
        {MHD_OPTION_END, 0, NULL}, /* of TLS, if there is any */
        {MHD_OPTION_END, 0, NULL},
        {MHD_OPTION_END, 0, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    bool has_tls = is_tls(server);
    if (has_tls) {
        struct MHD_OptionItem *tls = &options[sizeof options / sizeof *options - 4];
        tls[0] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_CERT, 0, server->certificate.bytes};
        tls[1] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_KEY, 0, server->key.bytes};
        tls[2] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_PRIORITIES, 0, TLS_PRIORITIES};
    }
    sigset_t all, before;
    sigfillset(&all); /* signals are the business of the process' own thread */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_AUTO | (is_six ? MHD_USE_IPv6 : 0) |
                     (has_tls ? MHD_USE_TLS : 0);
    bool done = ulfius_start_framework_with_mhd_options(&server->instance, flags, options) == U_OK;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return done;
}

static void unmake(struct server *server)
{
    ulfius_clean_instance(&server->instance);
    explicit_bzero(server->key.bytes, server->key.len);
    buf_fini(&server->certificate);
    buf_fini(&server->key);
    free(server);
}

/* The certificate and its key, as files that whoever runs this may read. */
static bool read_tls(struct server *server, struct err *err)
{
    return !is_tls(server) ||
           (file_read(server->options.certificate, PEM_BYTES, &server->certificate, err) &&
            file_read(server->options.key, PEM_BYTES, &server->key, err));
}

bool server_is_wildcard(const char *address)
{
    struct socket_address parsed;
    return parse_address(address, 0, &parsed) && parsed.is_wildcard;
}

struct server *server_start(const struct server_options *options, unsigned *bound, struct err *err)
{
    struct socket_address parsed;
    if (options->port > 65535) {
        err_set(err, "the %s's port must be 0 to 65535, not %u", options->name, options->port);
        return NULL;
    }
    if (!parse_address(options->address, options->port, &parsed)) {
        err_set(err, "the %s's address '%s' must be an IPv4 or IPv6 address, as 127.0.0.1",
                options->name, options->address);
        return NULL;
    }
    int fd = listen_at(options, &parsed, err);
    if (fd < 0) {
        return NULL;
    }
    struct server *server = mem_zero(1, sizeof *server);
    server->options = *options;
    server->connections_most =
        options->connections > 0 && options->connections <= SERVER_CONNECTIONS_MOST
            ? options->connections
            : USUAL_CONNECTIONS;
    for (size_t i = 0; i < SERVER_CONNECTIONS_MOST; i++) {
        server->connections[i].fd = -1;
    }
    *bound = bound_port(fd);
    bool is_read = read_tls(server, err);
    if (!is_read || !make_instance(server, *bound) ||
        !start_server(server, fd, parsed.at.any.sa_family == AF_INET6)) {
        if (is_read) {
            err_set(err,
                    is_tls(server) ? "the %s's web server does not start: is the certificate one, "
                                     "and the key its own?"
                                   : "the %s's web server does not start",
                    options->name);
        }
        close(fd);
        unmake(server);
        return NULL;
    }
    return server;
}

void server_stop(struct server *server)
{
    if (server != NULL) {
        ulfius_stop_framework(&server->instance);
        unmake(server);
    }
}
