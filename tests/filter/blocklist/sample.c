#include "tests/filter/blocklist/sample.h"

#include "filter/base/err.h"
#include "tests/filter/test.h"

static const int64_t hour_ms = 3600000;

struct blocklist_draft sample_draft(void)
{
    static struct hash evidence;
    memset(evidence.bytes, 0xab, sizeof evidence.bytes);
    struct blocklist_draft draft = {
        .class = RULE_FRAUD,
        .case_id = 12,
        .scope = BLOCKLIST_DOMAIN,
        .target = STR("kpu-daftar.example"),
        .start_ms = SAMPLE_NOW_MS,
        .end_ms = SAMPLE_NOW_MS + 7 * 24 * hour_ms,
        .harvest = BLOCKLIST_CREDENTIALS | BLOCKLIST_PERSONAL_DATA,
        .observed_ms = SAMPLE_NOW_MS - hour_ms,
        .evidence = &evidence,
        .evidence_count = 1,
        .reason = STR("Situs meniru halaman pendaftaran pemilih, meminta NIK dan OTP, dan "
                      "mengirimnya ke server lain; dua kali diulang, rekaman terlampir."),
    };
    memset(draft.record.bytes, 0x01, sizeof draft.record.bytes);
    return draft;
}

struct blocklist_entry *sample_entry(const struct blocklist_draft *draft)
{
    struct err err = ERR_NONE;
    struct blocklist_entry *entry = blocklist_entry_new(draft, &err);
    if (entry == NULL) {
        fail_msg("%s", err.message);
    }
    return entry;
}
