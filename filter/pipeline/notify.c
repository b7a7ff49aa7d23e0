#include "filter/pipeline/notify.h"

#include <curl/curl.h>
#include <errno.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "filter/base/buf.h"
#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/log.h"
#include "filter/casebook/notices.h"
#include "filter/pipeline/control.h"
#include "filter/pipeline/sandbox.h"

enum { TIMEOUT_S = 30, PASSWORD_MOST = 1024, SECRET_LEAST = 32, LOUD_MS = 600 * 1000 };

struct notify {
    const struct config *config;
    CURL *curl;
    struct buf password, secret; /* at the mail server; of the webhook */
    int peer;                    /* -1: review is away */
    int64_t next_loud_ms;
};

bool notify_is_wanted(const struct config *config)
{
    return config->notify_smtp != NULL || config->notify_webhook != NULL;
}

/* "Tue, 25 Nov 2026 …" is what mail needs; libcurl and we agree on UTC. */
static void put_date(struct buf *mail, int64_t now_ms)
{
    char text[64];
    time_t seconds = (time_t)(now_ms / 1000);
    struct tm parts;
    gmtime_r(&seconds, &parts);
    strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S +0000", &parts);
    buf_printf(mail, "Date: %s\r\n", text);
}

static void put_mail(const struct notify *notify, const struct notify_order *order,
                     struct buf *mail)
{
    const struct config *config = notify->config;
    const char *at = strchr(config->notify_from, '@');
    bool is_soon = order->kind == NOTICE_SOON;
    char due[CLOCK_TEXT];
    clock_format(order->due_ms, due);
    put_date(mail, clock_now_ms(&(struct clock){.now_ms = clock_system().now_ms}));
    buf_printf(mail, "From: saring <%s>\r\nTo: <%s>\r\n", config->notify_from, order->address);
    buf_printf(mail, "Subject: saring: %s #%lld\r\n",
               is_soon ? "tenggat kasus / deadline of case" : "kasus menunggu / case waiting",
               (long long)order->case_id);
    buf_printf(mail, "Message-ID: <%08x%08x.%lld@%s>\r\nAuto-Submitted: auto-generated\r\n",
               randombytes_random(), randombytes_random(), (long long)order->id,
               at != NULL ? at + 1 : "saring");
    buf_put_string(mail, "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n");
    buf_printf(mail, "Kasus #%lld menunggu Anda sampai %s.\r\n", (long long)order->case_id, due);
    buf_printf(mail, "Case #%lld waits for you until %s.\r\n", (long long)order->case_id, due);
    if (config->console_origin != NULL) {
        buf_printf(mail, "\r\n%s/cases/%lld\r\n", config->console_origin,
                   (long long)order->case_id);
    }
}

/* What of the message was given to libcurl so far. */
struct reading {
    struct str left;
};

static size_t give(char *out, size_t size, size_t count, void *context)
{
    struct reading *in = context;
    size_t room = size * count, len = in->left.len < room ? in->left.len : room;
    if (len > 0) {
        memcpy(out, in->left.at, len);
        in->left = str_part(in->left, len, in->left.len);
    }
    return len;
}

static size_t drop(char *bytes, size_t size, size_t count, void *context)
{
    (void)bytes;
    (void)context;
    return size * count;
}

static CURLcode common(struct notify *notify, const char *url)
{
    CURL *curl = notify->curl;
    curl_easy_reset(curl);
    CURLcode code = curl_easy_setopt(curl, CURLOPT_URL, url);
    code |= curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    code |= curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)TIMEOUT_S);
    code |= curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    code |= curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    code |= curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    code |= curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop);
    if (notify->config->notify_ca != NULL) {
        code |= curl_easy_setopt(curl, CURLOPT_CAINFO, notify->config->notify_ca);
    }
    return code;
}

/* Whether it is a server of this machine, by its address or "localhost". */
static bool is_here(const char *url)
{
    static const char *const hosts[] = {"127.0.0.1", "[::1]", "localhost"};
    const char *host = strstr(url, "://") + 3;
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        size_t len = strlen(hosts[i]);
        if (strncmp(host, hosts[i], len) == 0 && strchr(":/", host[len]) != NULL) {
            return true; /* strchr finds the end, too */
        }
    }
    return false;
}

static CURLcode send_mail(struct notify *notify, const struct notify_order *order)
{
    const struct config *config = notify->config;
    struct buf mail = BUF_EMPTY, from = BUF_EMPTY, to = BUF_EMPTY;
    put_mail(notify, order, &mail);
    buf_printf(&from, "<%s>", config->notify_from);
    buf_printf(&to, "<%s>", order->address);
    struct reading reading = {.left = buf_str(&mail)};
    struct curl_slist *recipients = curl_slist_append(NULL, to.bytes);
    CURL *curl = notify->curl;
    CURLcode code = common(notify, config->notify_smtp);
    code |= curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    code |= curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from.bytes);
    code |= curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
    code |= curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    code |= curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
    code |= curl_easy_setopt(curl, CURLOPT_READDATA, &reading);
    /* Over TLS alone, but for a server on this machine that wants no password. */
    bool needs_tls = config->notify_user != NULL || !is_here(config->notify_smtp);
    code |= curl_easy_setopt(curl, CURLOPT_USE_SSL,
                             needs_tls ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_NONE);
    if (config->notify_user != NULL) {
        code |= curl_easy_setopt(curl, CURLOPT_USERNAME, config->notify_user);
        code |= curl_easy_setopt(curl, CURLOPT_PASSWORD,
                                 notify->password.len > 0 ? notify->password.bytes : "");
    }
    if (code == CURLE_OK) {
        code = curl_easy_perform(curl);
    }
    curl_slist_free_all(recipients);
    buf_fini(&mail);
    buf_fini(&from);
    buf_fini(&to);
    return code;
}

/* As posts that are pushed to us are signed (feeds/webhook.h): whoever knows the secret can tell.
 */
static struct curl_slist *sign(const struct notify *notify, const char *body,
                               struct curl_slist *fields)
{
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;
    struct buf field = BUF_EMPTY;
    char now[24];
    if (notify->secret.len == 0) {
        return fields;
    }
    const struct clock clock = clock_system();
    snprintf(now, sizeof now, "%lld", (long long)(clock_now_ms(&clock) / 1000));
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)notify->secret.bytes,
                                notify->secret.len);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)now, strlen(now));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)".", 1);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)body, strlen(body));
    crypto_auth_hmacsha256_final(&state, mac);
    buf_printf(&field, "X-Saring-Timestamp: %s", now);
    fields = curl_slist_append(fields, field.bytes);
    buf_clear(&field);
    buf_put_string(&field, "X-Saring-Signature: sha256=");
    buf_put_hex(&field, mac, sizeof mac);
    fields = curl_slist_append(fields, field.bytes);
    buf_fini(&field);
    explicit_bzero(&state, sizeof state);
    return fields;
}

static CURLcode call_webhook(struct notify *notify, const struct notify_order *order)
{
    char due[CLOCK_TEXT], body[200];
    int len = snprintf(body, sizeof body, "{\"case\":%lld,\"due\":\"%s\",\"kind\":\"%s\"}",
                       (long long)order->case_id, clock_format(order->due_ms, due),
                       casebook_notice_name((enum casebook_notice_kind)order->kind));
    struct curl_slist *fields = curl_slist_append(NULL, "Content-Type: application/json");
    fields = sign(notify, body, fields);
    CURL *curl = notify->curl;
    long status = 0;
    CURLcode code = common(notify, notify->config->notify_webhook);
    code |= curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    code |= curl_easy_setopt(curl, CURLOPT_HTTPHEADER, fields);
    code |= curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)len);
    code |= curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    if (code == CURLE_OK) {
        code = curl_easy_perform(curl);
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    }
    curl_slist_free_all(fields);
    return code == CURLE_OK && (status < 200 || status > 299) ? CURLE_HTTP_RETURNED_ERROR : code;
}

/* A mail server that is away is said once in a while, not once for every notice. */
static void complain(struct notify *notify, const struct notify_order *order, CURLcode code)
{
    int64_t now_ms = clock_monotonic_ms();
    if (now_ms >= notify->next_loud_ms) {
        notify->next_loud_ms = now_ms + LOUD_MS;
        log_line(LOG_WARN, "notice_not_sent", LOG_NUMBER("case", order->case_id),
                 LOG_TEXT("by", order->address[0] != '\0' ? "smtp" : "webhook"),
                 LOG_TEXT("why", curl_easy_strerror(code)), LOG_TEXT("now", "tried again later"));
    }
}

static void obey(struct notify *notify, const struct notify_order *order)
{
    bool is_mail = order->address[0] != '\0';
    bool can =
        is_mail ? notify->config->notify_smtp != NULL : notify->config->notify_webhook != NULL;
    CURLcode code = !can      ? CURLE_UNSUPPORTED_PROTOCOL
                    : is_mail ? send_mail(notify, order)
                              : call_webhook(notify, order);
    if (code != CURLE_OK) {
        complain(notify, order, code);
    }
    const struct notify_answer answer = {.id = order->id, .was_sent = code == CURLE_OK ? 1 : 0};
    if (send(notify->peer, &answer, sizeof answer, MSG_NOSIGNAL) < 0) {
        log_line(LOG_DEBUG, "review_gone");
    }
}

static void lose_peer(struct notify *notify)
{
    if (notify->peer >= 0) {
        close(notify->peer);
        notify->peer = -1;
    }
}

static void hear_review(struct notify *notify)
{
    struct notify_order order;
    ssize_t got = recv(notify->peer, &order, sizeof order, MSG_DONTWAIT);
    if (got == (ssize_t)sizeof order) {
        order.address[NOTIFY_ADDRESS - 1] = '\0';
        obey(notify, &order);
    } else if (got >= 0 || (errno != EAGAIN && errno != EINTR)) {
        lose_peer(notify);
    }
}

/* False: to stop. */
static bool hear_supervisor(struct notify *notify, int control)
{
    struct control_message message;
    enum control_answer answer;
    while ((answer = control_receive(control, &message)) == CONTROL_MESSAGE) {
        if (message.kind == CONTROL_STOP) {
            return false;
        }
        if (message.kind == CONTROL_PEER && message.fd >= 0) {
            lose_peer(notify);
            notify->peer = message.fd;
        } else if (message.fd >= 0) {
            close(message.fd);
        }
    }
    return answer != CONTROL_GONE;
}

/* A secret of a file of its own, without the newline at its end. */
static bool read_secret(const char *path, size_t least, struct buf *secret)
{
    struct err err = ERR_NONE;
    if (path == NULL) {
        return true;
    }
    bool done = file_read(path, PASSWORD_MOST, secret, &err);
    while (done && secret->len > 0 && strchr("\r\n", secret->bytes[secret->len - 1]) != NULL) {
        secret->bytes[--secret->len] = '\0';
    }
    if (done && secret->len < least) {
        err_set(&err, "has %zu bytes; at least %zu are needed", secret->len, least);
        done = err_in_file(&err, path);
    }
    if (!done) {
        log_line(LOG_ERROR, "notify_secret", LOG_TEXT("file", err.file),
                 LOG_TEXT("why", err.message));
    }
    return done;
}

static void forget(struct buf *secret)
{
    if (secret->len > 0) {
        explicit_bzero(secret->bytes, secret->len);
    }
    buf_fini(secret);
}

int notify_run(const struct supervisor_task *task)
{
    static const char *const readable[] = {"/etc",      "/usr",         "/lib", "/lib64",
                                           "/dev/null", "/dev/urandom", NULL};
    static const char *const writable[] = {NULL};
    struct notify notify = {.config = task->config, .peer = -1};
    if (!read_secret(task->config->notify_password_file, 1, &notify.password) ||
        !read_secret(task->config->notify_webhook_secret, SECRET_LEAST, &notify.secret)) {
        return 2;
    }
    const char *allowed[16] = {NULL};
    size_t count = 0;
    for (; readable[count] != NULL; count++) {
        allowed[count] = readable[count];
    }
    allowed[count++] = "/run/systemd/resolve";
    allowed[count++] = "/run/resolvconf";
    if (task->config->notify_ca != NULL) {
        allowed[count++] = task->config->notify_ca;
    }
    sandbox_enter(allowed, writable);
    notify.curl = curl_easy_init();
    bool goes_on = notify.curl != NULL;
    while (goes_on) {
        struct pollfd fds[] = {{.fd = task->control, .events = POLLIN},
                               {.fd = notify.peer, .events = POLLIN}};
        if (poll(fds, 2, -1) < 0 && errno != EINTR) {
            break;
        }
        goes_on = fds[0].revents == 0 || hear_supervisor(&notify, task->control);
        if (goes_on && notify.peer >= 0 && notify.peer == fds[1].fd && fds[1].revents != 0) {
            hear_review(&notify);
        }
    }
    lose_peer(&notify);
    curl_easy_cleanup(notify.curl);
    forget(&notify.password);
    forget(&notify.secret);
    return 0;
}
