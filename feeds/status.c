#include "feeds/status.h"

#include "filter/base/clock.h"

enum { MINUTE_MS = 60000 };
static const long long hour_minutes = 60, day_minutes = 1440;

enum feeds_status feeds_status_of(const struct feeds_source *source,
                                  const struct feeds_state *state, int64_t now_ms)
{
    int64_t silent_ms = (int64_t)FEEDS_SILENT_DAYS * day_minutes * MINUTE_MS;
    if (!source->is_enabled) {
        return FEEDS_STATUS_OFF;
    }
    if (state->is_gone) {
        return FEEDS_STATUS_GONE;
    }
    if (state->failures > 0) {
        return FEEDS_STATUS_FAILING;
    }
    if (state->fetched_ms == 0) {
        return FEEDS_STATUS_NEW;
    }
    bool is_silent = state->changed_ms > 0 && now_ms - state->changed_ms > silent_ms;
    return is_silent ? FEEDS_STATUS_SILENT : FEEDS_STATUS_FINE;
}

const char *feeds_status_name(enum feeds_status status)
{
    static const char *const names[] = {
        [FEEDS_STATUS_OFF] = "off",         [FEEDS_STATUS_NEW] = "new",
        [FEEDS_STATUS_FINE] = "fine",       [FEEDS_STATUS_SILENT] = "silent",
        [FEEDS_STATUS_FAILING] = "failing", [FEEDS_STATUS_GONE] = "gone"};
    return names[status];
}

/* "12 menit / minutes"; a span below zero is none. */
static void put_span(struct buf *out, int64_t span_ms)
{
    long long minutes = span_ms > 0 ? (long long)(span_ms + MINUTE_MS / 2) / MINUTE_MS : 0;
    if (minutes < 2 * hour_minutes) {
        buf_printf(out, "%lld menit/min", minutes);
    } else if (minutes < 2 * day_minutes) {
        buf_printf(out, "%lld jam/h", minutes / hour_minutes);
    } else {
        buf_printf(out, "%lld hari/d", minutes / day_minutes);
    }
}

static void put_news(const struct feeds_state *state, int64_t now_ms, struct buf *out)
{
    if (state->changed_ms > 0) {
        buf_put_string(out, "; kabar baru terakhir/last news: ");
        put_span(out, now_ms - state->changed_ms);
        buf_put_string(out, " lalu/ago");
    }
}

static void put_next(const struct feeds_state *state, int64_t now_ms, struct buf *out)
{
    buf_put_string(out, "; berikutnya/next: ");
    put_span(out, state->due_ms - now_ms);
}

/* What to do about a failure, as far as its words tell. */
static const char *advice(const char *error)
{
    static const struct {
        const char *part, *advice;
    } known[] = {
        {"is no feed",
         "bukan umpan; cari alamatnya: saring sources add URL / not a feed; find its address"},
        {"CONNECT tunnel failed",
         "proksi menolak CONNECT ke porta itu; minta pengelolanya mengizinkan 80 dan 443 / the "
         "proxy "
         "refuses CONNECT to that port; ask its owner to allow 80 and 443"},
        {"404", "alamatnya salah atau dihapus / the address is wrong or was removed"},
        {"401", "perlu token / it wants a token (token_file)"},
        {"403", "server menolak kami; hubungi pengelolanya / the server refuses us; ask its owner"},
        {"429", "terlalu sering; kami menunggu / too often for it; we wait"},
        {"503", "server sibuk; kami menunggu / the server is busy; we wait"},
        {"not public", "alamat dalam jaringan sendiri / an address of a private network"},
        {"resolve host",
         "nama tidak ditemukan: periksa ejaan atau DNS / no such name: check it, or DNS"},
        {"certificate", "sertifikat TLS tidak sah / its TLS certificate is not valid"},
        {"too slow", "server lambat; dicoba lagi / the server is slow; it is tried again"},
        {"timed out", "server tidak menjawab; dicoba lagi / no answer; it is tried again"},
        {"single author",
         "umpan satu orang tidak dibaca / a feed of one person is not read (limit 5)"},
    };
    for (size_t i = 0; error != NULL && i < sizeof known / sizeof *known; i++) {
        if (strstr(error, known[i].part) != NULL) {
            return known[i].advice;
        }
    }
    return "dicoba lagi makin jarang / it is tried again, less and less often";
}

void feeds_status_explain(const struct feeds_source *source, const struct feeds_state *state,
                          int64_t now_ms, struct buf *out)
{
    switch (feeds_status_of(source, state, now_ms)) {
    case FEEDS_STATUS_OFF:
        buf_put_string(out, "mati; nyalakan/off; turn it on: saring sources enable ");
        buf_put_str(out, source->id);
        return;
    case FEEDS_STATUS_NEW:
        buf_put_string(out, "belum pernah dibaca / not read yet");
        put_next(state, now_ms, out);
        return;
    case FEEDS_STATUS_GONE:
        buf_put_string(out,
                       "server: sudah tidak ada (410); hapus atau ganti alamatnya / gone for good; "
                       "remove it or change its address");
        return;
    case FEEDS_STATUS_FAILING:
        buf_printf(out, "gagal %u kali / failed %u times: %s; %s", state->failures, state->failures,
                   state->error != NULL ? state->error : "?", advice(state->error));
        put_next(state, now_ms, out);
        return;
    case FEEDS_STATUS_SILENT:
        buf_put_string(
            out,
            "terbaca, tetapi lama tanpa kabar; periksa apakah masih dipakai / read, but silent "
            "for long; see whether it is still in use");
        break;
    case FEEDS_STATUS_FINE:
        buf_put_string(out, "baik / fine");
        break;
    }
    put_news(state, now_ms, out);
    put_next(state, now_ms, out);
    if (state->moved != NULL) {
        buf_printf(out, "; pindah ke/moved to %s", state->moved);
    }
}
