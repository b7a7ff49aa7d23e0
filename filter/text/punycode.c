#include "filter/text/punycode.h"

enum {
    BASE = 36,
    T_MIN = 1,
    T_MAX = 26,
    SKEW = 38,
    DAMP = 700,
    INITIAL_BIAS = 72,
    INITIAL_N = 128,
    LARGEST = 0x7fffffff,
};

static int32_t adapt(int32_t delta, int32_t points, bool is_first)
{
    int32_t k = 0;
    delta = is_first ? delta / DAMP : delta / 2;
    delta += delta / points;
    while (delta > (BASE - T_MIN) * T_MAX / 2) {
        delta /= BASE - T_MIN;
        k += BASE;
    }
    return k + (BASE - T_MIN + 1) * delta / (delta + SKEW);
}

static int32_t threshold(int32_t k, int32_t bias)
{
    return k <= bias ? T_MIN : k >= bias + T_MAX ? T_MAX : k - bias;
}

static char digit(int32_t value)
{
    return (char)(value < 26 ? 'a' + value : '0' + value - 26);
}

static void put_delta(struct buf *out, int32_t delta, int32_t bias)
{
    for (int32_t k = BASE;; k += BASE) {
        int32_t t = threshold(k, bias);
        if (delta < t) {
            break;
        }
        buf_put_char(out, digit(t + (delta - t) % (BASE - t)));
        delta = (delta - t) / (BASE - t);
    }
    buf_put_char(out, digit(delta));
}

bool punycode_encode(const int32_t *codes, size_t count, struct buf *out)
{
    int32_t n = INITIAL_N, delta = 0, bias = INITIAL_BIAS;
    int32_t basic = 0, done;
    for (size_t i = 0; i < count; i++) {
        if (codes[i] < 0x80) {
            buf_put_char(out, (char)codes[i]);
            basic++;
        }
    }
    if (basic > 0) {
        buf_put_char(out, '-');
    }
    for (done = basic; done < (int32_t)count;) {
        int32_t next = LARGEST;
        for (size_t i = 0; i < count; i++) {
            next = codes[i] >= n && codes[i] < next ? codes[i] : next;
        }
        if (next - n > (LARGEST - delta) / (done + 1)) {
            return false;
        }
        delta += (next - n) * (done + 1);
        n = next;
        for (size_t i = 0; i < count; i++) {
            delta += codes[i] < n;
            if (codes[i] == n) {
                put_delta(out, delta, bias);
                bias = adapt(delta, done + 1, done == basic);
                delta = 0;
                done++;
            }
        }
        delta++;
        n++;
    }
    return true;
}

static int32_t value_of(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0' + 26;
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a';
    }
    return c >= 'A' && c <= 'Z' ? c - 'A' : BASE;
}

/* Reads one number from text[*at] on and adds it to `*i`. */
static bool read_delta(struct str text, size_t *at, int32_t bias, int32_t *i)
{
    int32_t weight = 1;
    for (int32_t k = BASE;; k += BASE) {
        int32_t value = *at < text.len ? value_of(text.at[*at]) : BASE;
        if (value >= BASE || value > (LARGEST - *i) / weight) {
            return false;
        }
        (*at)++;
        *i += value * weight;
        int32_t t = threshold(k, bias);
        if (value < t) {
            return true;
        }
        if (weight > LARGEST / (BASE - t)) {
            return false;
        }
        weight *= BASE - t;
    }
}

bool punycode_decode(struct str text, int32_t *codes, size_t max, size_t *count)
{
    int32_t n = INITIAL_N, i = 0, bias = INITIAL_BIAS;
    size_t at = 0, len = 0;
    for (size_t k = text.len; k > 0; k--) {
        if (text.at[k - 1] == '-') {
            at = k;
            break;
        }
    }
    for (size_t k = 0; k + 1 < at; k++) {
        if (len == max || (unsigned char)text.at[k] >= 0x80) {
            return false;
        }
        codes[len++] = (unsigned char)text.at[k];
    }
    while (at < text.len) {
        int32_t before = i;
        if (len == max || !read_delta(text, &at, bias, &i)) {
            return false;
        }
        int32_t points = (int32_t)len + 1;
        bias = adapt(i - before, points, before == 0);
        if (i / points > LARGEST - n) {
            return false;
        }
        n += i / points;
        i %= points;
        if (n > 0x10ffff || (n >= 0xd800 && n <= 0xdfff)) {
            return false;
        }
        memmove(codes + i + 1, codes + i, (len - (size_t)i) * sizeof *codes);
        codes[i++] = n;
        len++;
    }
    *count = len;
    return true;
}
