#include "filter/pull/fetch.h"

#include <curl/curl.h>

#include "filter/base/err.h"
#include "filter/base/str.h"

enum { TOTAL_MS = 120000, CONNECT_MS = 15000, REDIRECTS = 3, SLOWEST_BYTES = 200, SLOW_S = 20 };

struct sink {
    struct buf *out;
    size_t start, max_bytes;
};

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct sink *sink = context;
    size_t len = size * count;
    if (len > sink->max_bytes - (sink->out->len - sink->start)) {
        return 0;
    }
    buf_put(sink->out, bytes, len);
    return len;
}

static bool is_local(struct str url)
{
    return str_starts(url, STR("http://127.0.0.1:")) || str_starts(url, STR("http://127.0.0.1/")) ||
           str_starts(url, STR("http://[::1]:")) || str_starts(url, STR("http://[::1]/"));
}

static bool set_up(CURL *easy, const char *url, struct sink *sink, char *reason)
{
    const char *protocols = is_local(str_of(url)) ? "http" : "https";
    return curl_easy_setopt(easy, CURLOPT_URL, url) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, protocols) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, protocols) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_MAXREDIRS, (long)REDIRECTS) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)TOTAL_MS) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, (long)SLOWEST_BYTES) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)SLOW_S) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_FAILONERROR, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "") == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_USERAGENT, "saring-pull") == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, reason) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEDATA, sink) == CURLE_OK;
}

bool pull_fetch(const char *url, size_t max_bytes, struct buf *out, struct err *err)
{
    char reason[CURL_ERROR_SIZE] = "";
    struct sink sink = {.out = out, .start = out->len, .max_bytes = max_bytes};
    CURL *easy = curl_easy_init();
    CURLcode code = CURLE_FAILED_INIT;
    long status = 0;
    if (easy != NULL && set_up(easy, url, &sink, reason)) {
        code = curl_easy_perform(easy);
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    }
    curl_easy_cleanup(easy);
    if (code == CURLE_WRITE_ERROR) {
        return err_set(err, "%.200s is longer than %zu bytes", url, max_bytes);
    }
    if (code != CURLE_OK) {
        return err_set(err, "%.200s can't be fetched: %s", url,
                       reason[0] != '\0' ? reason : curl_easy_strerror(code));
    }
    return status == 200 || err_set(err, "%.200s is answered with %ld", url, status);
}
