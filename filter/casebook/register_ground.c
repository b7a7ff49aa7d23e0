/*
 * The legal ground of a measure, from what was observed (REVIEW, section 3). What is named here is
 * what the observation can be shown to fall under; it accuses nobody, and the lists oblige no
 * operator. A correction is the team's own public statement: it restrains nobody and needs none.
 * A change of these laws is a change of this table, by people who read them.
 */
#include <string.h>

#include "filter/casebook/registering.h"

static const struct {
    const char *harvest, *law, *why, *why_en;
} grounds[] = {
    {"credentials", "UU 11/2008 (ITE), terakhir diubah UU 1/2024, Pasal 35",
     "Halaman dibuat seolah-olah milik lembaga yang ditiru agar sandi diserahkan.",
     "The page passes for that of the imitated body so that passwords are handed over."},
    {"malware", "UU 11/2008 (ITE), terakhir diubah UU 1/2024, Pasal 33",
     "Yang diunduh dari sana mengganggu kerja perangkat penerimanya.",
     "What is downloaded there interferes with the device of whoever takes it."},
    {"money", "UU 1/2023 (KUHP), Pasal 492", "Uang diminta dengan nama atau keadaan palsu.",
     "Money is asked for under a false name or pretext."},
    {"personal_data", "UU 27/2022 (Pelindungan Data Pribadi), Pasal 65 ayat (1)",
     "Data pribadi pemilih dikumpulkan oleh pihak yang tidak berhak.",
     "Voters' personal data is collected by somebody who has no right to it."},
};

static const struct {
    const char *kind, *law, *why, *why_en;
} recipients[] = {
    {"supervisor", "UU 1/2015, terakhir diubah UU 6/2020 (Pemilihan), Pasal 134",
     "Pengawas pemilihan menerima laporan dan memutuskannya sendiri.",
     "The election supervisor takes reports and decides about them itself."},
    {"platform", "Ketentuan layanan penerima / the recipient's own terms",
     "Penerima memutuskan menurut ketentuannya sendiri; rujukan ini bukan perintah.",
     "The recipient decides by its own terms; a referral is no order."},
    {"hosting", "Ketentuan layanan penerima / the recipient's own terms",
     "Penerima memutuskan menurut ketentuannya sendiri; rujukan ini bukan perintah.",
     "The recipient decides by its own terms; a referral is no order."},
};

static void add(json_t *list, const char *law, const char *why, const char *why_en)
{
    json_array_append_new(list, json_pack("{ss ss ss}", "law", law, "why", why, "why_en", why_en));
}

json_t *casebook_registering_ground(const struct casebook_registering *in)
{
    const json_t *decision = json_object_get(in->row, "decision"), *one;
    json_t *list = json_array();
    size_t at;
    json_array_foreach(json_object_get(decision, "harvest"), at, one)
    {
        for (size_t i = 0; i < sizeof grounds / sizeof *grounds; i++) {
            if (json_is_string(one) && strcmp(json_string_value(one), grounds[i].harvest) == 0) {
                add(list, grounds[i].law, grounds[i].why, grounds[i].why_en);
            }
        }
    }
    struct str kind = casebook_json_text(json_object_get(decision, "recipient"), "kind");
    for (size_t i = 0; i < sizeof recipients / sizeof *recipients; i++) {
        if (str_is(kind, recipients[i].kind)) {
            add(list, recipients[i].law, recipients[i].why, recipients[i].why_en);
        }
    }
    return list;
}
