#include "filter/console/approver_page.h"

#include <stdio.h>

#include "filter/casebook/people.h"
#include "filter/console/style.h"

enum { SHOWN = 6000, POSTS = 5 }; /* bytes of a page for one text; posts of a case */

static struct str text_of(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return (struct str){json_string_value(value), json_string_length(value)};
}

static void open_page(const struct approver_page *page, struct str title)
{
    struct html *html = page->html;
    HTML(html, "<!DOCTYPE html>\n<html lang=\"id\"><head><meta charset=\"utf-8\">"
               "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
               "<link rel=\"stylesheet\"");
    html_local(html, style_path());
    HTML(html, "><title>");
    html_text(html, title);
    HTML(html, " - saring</title></head><body><header><a class=\"brand\" href=\"/\">saring</a> ");
    HTML(html, "<span>penyetuju, di komputer ini / approver, on this machine: ");
    html_text(html, str_of(page->server));
    HTML(html, "</span>");
    if (page->is_signed_in) {
        HTML(html,
             "<form method=\"post\" action=\"/sign-out\"><input type=\"hidden\" name=\"csrf\"");
        HTML_ATTRIBUTE(html, "value", page->csrf);
        HTML(html, "><button>Keluar / sign out</button></form>");
    }
    HTML(html, "</header><main id=\"main\"><h1>");
    html_text(html, title);
    HTML(html, "</h1>");
    if (page->problem.len > 0) {
        HTML(html, "<p class=\"problem\" role=\"alert\"><strong>");
        html_text(html, page->problem);
        HTML(html, "</strong></p>");
    }
}

static void close_page(const struct approver_page *page)
{
    HTML(page->html, "</main></body></html>\n");
}

static void put_csrf(const struct approver_page *page)
{
    HTML(page->html, "<input type=\"hidden\" name=\"csrf\"");
    HTML_ATTRIBUTE(page->html, "value", page->csrf);
    HTML(page->html, ">");
}

void approver_page_plain(const struct approver_page *page)
{
    open_page(page, STR("Tidak bisa / cannot"));
    HTML(page->html, "<p><a href=\"/\">Kembali / back</a></p>");
    close_page(page);
}

void approver_page_sign_in(const struct approver_page *page)
{
    struct html *html = page->html;
    open_page(page, STR("Masuk / sign in"));
    HTML(html, "<form method=\"post\" action=\"/sign-in\" autocomplete=\"off\">");
    put_csrf(page);
    HTML(html, "<p><label for=\"name\">Nama / name</label><br><input id=\"name\" name=\"name\" "
               "required autocomplete=\"username\"></p>"
               "<p><label for=\"password\">Kata sandi / password</label><br><input id=\"password\" "
               "name=\"password\" type=\"password\" required autocomplete=\"current-password\"></p>"
               "<p><label for=\"code\">Kode faktor kedua atau kode pemulihan / code of the second "
               "factor, or a recovery code</label><br><input id=\"code\" name=\"code\" required "
               "autocomplete=\"one-time-code\"></p>"
               "<p><button class=\"main\">Masuk / sign in</button></p></form>");
    close_page(page);
}

void approver_page_list(const struct approver_page *page, const json_t *cases)
{
    struct html *html = page->html;
    size_t at;
    json_t *one;
    open_page(page, STR("Menunggu Anda / waiting for you"));
    if (json_array_size(cases) == 0) {
        HTML(html, "<p>Tidak ada. / Nothing.</p>");
    }
    HTML(html, "<ul class=\"queue\">");
    json_array_foreach((json_t *)cases, at, one)
    {
        char path[40], number[24];
        long long id = (long long)json_integer_value(json_object_get(one, "id"));
        if (id <= 0) {
            continue;
        }
        snprintf(path, sizeof path, "/case/%lld/", id);
        snprintf(number, sizeof number, "#%lld", id);
        HTML(html, "<li><a");
        html_local(html, str_of(path));
        HTML(html, ">");
        html_text(html, str_of(number));
        HTML(html, "</a> ");
        html_foreign(html, text_of(one, "class"), 40);
        HTML(html, " ");
        html_foreign(html, text_of(one, "state"), 40);
        HTML(html, " ");
        html_foreign(html, text_of(one, "rule_title"), 300);
        HTML(html, ", sampai / until ");
        html_foreign(html, text_of(one, "deadline"), 60);
        HTML(html, "</li>");
    }
    HTML(html,
         "</ul><form method=\"get\" action=\"/case\"><p><label for=\"id\">Kasus lain, menurut "
         "nomornya / another case, by its number</label><br><input id=\"id\" name=\"id\" "
         "required inputmode=\"numeric\"> <button>Lihat / look</button></p></form>"
         "<p><a href=\"/document\">Tanda tangani berkas musim atau sertifikat kunci / sign a "
         "season's file or a key's certificate</a></p>");
    close_page(page);
}

static void put_term(struct html *html, struct str term, struct str value)
{
    if (value.len > 0) {
        HTML(html, "<dt>");
        html_text(html, term);
        HTML(html, "</dt><dd>");
        html_foreign(html, value, SHOWN);
        HTML(html, "</dd>");
    }
}

static void put_list(struct html *html, struct str term, const json_t *list)
{
    size_t at;
    json_t *one;
    json_array_foreach((json_t *)list, at, one)
    {
        put_term(html, term, (struct str){json_string_value(one), json_string_length(one)});
    }
}

/* The server's words about the case: what was flagged, and the rule's evidence. */
static void put_facts(const struct approver_page *page, const json_t *facts)
{
    struct html *html = page->html;
    size_t at, inner;
    json_t *one, *evidence;
    HTML(html, "<section><h2>Kasusnya, menurut server / the case, as the server tells it</h2>");
    json_array_foreach(json_object_get(facts, "rules"), at, one)
    {
        HTML(html, "<dl class=\"facts\">");
        put_term(html, STR("Aturan / rule"), text_of(one, "title"));
        put_term(html, STR("Isinya / what it says"), text_of(one, "description"));
        json_array_foreach(json_object_get(one, "evidence"), inner, evidence)
        {
            put_term(html, STR("Bukti / evidence"), text_of(evidence, "publisher"));
            put_term(html, STR("URL"), text_of(evidence, "url"));
            put_term(html, STR("Meniru / impersonates"), text_of(evidence, "impersonates"));
            put_term(html, STR("Klaim / claim"), text_of(evidence, "claim"));
            put_term(html, STR("Penilaian / rating"), text_of(evidence, "rating"));
        }
        HTML(html, "</dl>");
    }
    json_array_foreach(json_object_get(facts, "posts"), at, one)
    {
        if (at == POSTS) {
            break;
        }
        HTML(html, "<dl class=\"facts\">");
        put_term(html, STR("Judul / title"), text_of(one, "title"));
        put_term(html, STR("Kiriman / post"), text_of(one, "text"));
        put_list(html, STR("Tautan / link"), json_object_get(one, "links"));
        HTML(html, "</dl>");
    }
    HTML(html, "</section>");
}

static void put_question(struct html *html, enum casebook_test test)
{
    HTML(html, "<fieldset><legend>");
    html_text(html, str_of(casebook_test_question(test, false)));
    HTML(html, " / ");
    html_text(html, str_of(casebook_test_question(test, true)));
    HTML(html, "</legend><label><input type=\"radio\" required");
    HTML_ATTRIBUTE(html, "name", str_of(casebook_test_name(test)));
    HTML(html, " value=\"no\"> tidak / no</label> <label><input type=\"radio\" required");
    HTML_ATTRIBUTE(html, "name", str_of(casebook_test_name(test)));
    HTML(html, " value=\"yes\"> ya / yes</label></fieldset>");
}

static void put_blind(const struct approver_page *page)
{
    struct html *html = page->html;
    HTML(html, "<section><h2>Jawab dulu / answer first</h2><p>Usulan dan jawaban penelaah terlihat "
               "sesudah jawaban Anda. / You see the proposal and the reviewer's answers after "
               "yours.</p><form method=\"post\" action=\"answer\">");
    put_csrf(page);
    for (int i = 0; i < CASEBOOK_TEST_COUNT; i++) {
        put_question(html, (enum casebook_test)i);
    }
    HTML(html, "<p><button class=\"main\">Kirim jawaban / send the answers</button></p></form>"
               "</section>");
}

/* Read from the bytes that are signed, and from nothing else. */
static void put_proposal(const struct approver_page *page, const struct desk_case *one)
{
    struct html *html = page->html;
    const json_t *recipient = json_object_get(one->said, "recipient");
    HTML(html, "<section><h2>Yang Anda tanda tangani / what you sign</h2>");
    if (one->offer.what == OFFER_APPEAL) {
        HTML(html,
             "<p><strong>Putusan tentang yang di bawah ini, dengan alasan Anda. / The decision "
             "about what is below, with your reason.</strong></p>");
    } else if (one->offer.what == OFFER_RESTORE) {
        HTML(html,
             "<p><strong>Entri yang ditangguhkan ini berlaku lagi, dengan akhir yang tetap. / "
             "This suspended entry is in force again, with the same end.</strong></p>");
    } else if (one->offer.what == OFFER_LANE) {
        HTML(html,
             "<p><strong>Jalur darurat: berlaku 24 jam, tanpa penyetuju independen. Ulangi dulu "
             "pengambilan datanya sendiri. / The 24-hour lane: in force for 24 hours without an "
             "independent approver. Reproduce the harvest yourself first.</strong></p>");
    }
    HTML(html, "<dl class=\"facts\">");
    put_term(html, STR("Jenis / kind"), str_of(casebook_kind_name(one->kind)));
    put_term(html, STR("Cakupan / scope"), text_of(one->said, "scope"));
    put_term(html, STR("Sasaran / target"), text_of(one->said, "target"));
    put_list(html, STR("Yang diambil / harvest"), json_object_get(one->said, "harvest"));
    put_term(html, STR("Mulai / start"), text_of(one->said, "start"));
    put_term(html, STR("Berakhir / end"), text_of(one->said, "end"));
    put_term(html, STR("Penerima / recipient"), text_of(recipient, "kind"));
    put_term(html, STR("Nama penerima / its name"), text_of(recipient, "name"));
    put_term(html, STR("URL"), text_of(one->said, "url"));
    put_term(html, STR("Klaimnya / the claim"), text_of(one->said, "claim"));
    put_term(html, STR("Teks pelurusan / text of the correction"), text_of(one->said, "text"));
    put_term(html, STR("Teks Inggris / English text"), text_of(one->said, "text_en"));
    put_term(html, STR("Fakta / facts"), text_of(one->said, "reason"));
    put_term(html, STR("Diamati / observed"), text_of(one->said, "observed"));
    put_list(html, STR("Bukti, SHA-256 / evidence"), json_object_get(one->said, "evidence"));
    put_term(html, STR("Musim / season"), text_of(one->said, "season"));
    if (one->has_entry) {
        char hex[HASH_HEX];
        put_term(html, STR("Entri, SHA-256 / entry"), str_of(hash_format(&one->entry, hex)));
    }
    put_term(html, STR("Panel"), one->offer.panel);
    put_term(html, STR("Penelaah / reviewer"), text_of(one->record, "reviewer"));
    put_term(html, STR("Organisasi / organisation"), text_of(one->record, "organisation"));
    put_term(html, STR("Benturan kepentingan / conflict of interest"),
             text_of(one->record, "conflict"));
    put_term(html, STR("Cara yang lebih ringan / milder means"), text_of(one->record, "milder"));
    HTML(html, "</dl></section>");
}

static void put_answer(struct html *html, const json_t *answers, enum casebook_test test)
{
    HTML(html, "<td>");
    html_text(html, text_of(answers, casebook_test_name(test)));
    HTML(html, "</td>");
}

static void put_comparison(const struct approver_page *page, const struct desk_case *one)
{
    struct html *html = page->html;
    json_t *own = json_loadb(one->offer.own.at, one->offer.own.len, 0, NULL);
    const json_t *theirs = json_object_get(one->record, "answers");
    HTML(html, "<section><h2>Jawaban / answers</h2><table class=\"compare\"><thead><tr>"
               "<th scope=\"col\">Uji / test</th><th scope=\"col\">Penelaah / reviewer</th>"
               "<th scope=\"col\">Anda / you</th></tr></thead><tbody>");
    for (int i = 0; i < CASEBOOK_TEST_COUNT; i++) {
        HTML(html, "<tr><th scope=\"row\">");
        html_text(html, str_of(casebook_test_question((enum casebook_test)i, false)));
        HTML(html, "</th>");
        put_answer(html, theirs, (enum casebook_test)i);
        put_answer(html, own, (enum casebook_test)i);
        HTML(html, "</tr>");
    }
    HTML(html, "</tbody></table></section>");
    json_decref(own);
}

static void put_sign(const struct approver_page *page, const struct desk_case *one)
{
    struct html *html = page->html;
    char hex[HASH_HEX];
    HTML(html, "<section><h2>Tanda tangan / signature</h2><details><summary>Byte persisnya / the "
               "exact bytes</summary><pre><bdi>");
    html_text(html, one->offer.sign);
    HTML(html, "</bdi></pre></details><p>SHA-256 <code>");
    html_text(html, str_of(hash_format(&one->hash, hex)));
    HTML(html, "</code></p><form method=\"post\" action=\"sign\">");
    put_csrf(page);
    HTML(html, "<input type=\"hidden\" name=\"hash\"");
    HTML_ATTRIBUTE(html, "value", str_of(hex));
    HTML(html, "><p><label for=\"conflict\">Benturan kepentingan saya, atau \"tidak ada\" / my "
               "conflicts of interest, or \"none\"</label><br><textarea id=\"conflict\" "
               "name=\"conflict\" required></textarea></p>");
    if (!one->is_fresh) {
        HTML(html,
             "<p><label for=\"code\">Kode faktor kedua / code of the second factor</label><br>"
             "<input id=\"code\" name=\"code\" required autocomplete=\"one-time-code\"></p>");
    }
    switch (one->offer.what) {
    case OFFER_PROPOSAL:
        HTML(html,
             "<p><button class=\"main\">Tanda tangani dan setujui / sign and approve</button>");
        break;
    case OFFER_LANE:
        HTML(html,
             "<p><button class=\"main\">Tanda tangani sebagai penelaah kedua / sign as second "
             "reviewer</button>");
        break;
    case OFFER_RESTORE:
        HTML(html,
             "<p><button class=\"main\">Tanda tangani dan pulihkan / sign and restore</button>");
        break;
    case OFFER_APPEAL: /* put_decide */
        break;
    }
    HTML(html, "</p></form></section>");
}

/* The appeal in its own words, as the server tells them. */
static void put_ground(const struct approver_page *page, const struct desk_case *one)
{
    size_t at;
    json_t *appeal;
    HTML(page->html, "<section><h2>Bandingnya / the appeal</h2><dl class=\"facts\">");
    json_array_foreach(json_object_get(one->facts, "appeals"), at, appeal)
    {
        if (json_integer_value(json_object_get(appeal, "id")) == one->offer.appeal) {
            put_term(page->html, STR("Alasannya / its ground"), text_of(appeal, "ground"));
            put_term(page->html, STR("Masuk / sent"), text_of(appeal, "lodged"));
            put_term(page->html, STR("Sampai / until"), text_of(appeal, "deadline"));
        }
    }
    HTML(page->html, "</dl></section>");
}

/* Overturning stays possible whatever is wrong with what would be signed: it releases. */
static void put_decide(const struct approver_page *page, const struct desk_case *one)
{
    struct html *html = page->html;
    HTML(html, "<section><h2>Putusan / decision</h2>");
    if (one->is_checked) {
        HTML(html, "<p>Yang mempertahankan keputusan ditandatangani di sini: nomor banding dan "
                   "kasus, entri di atas, hasil, alasan, waktu dan panel Anda. Membatalkan tidak "
                   "perlu tanda tangan. / What lets the decision stand is signed here: the "
                   "numbers of appeal and case, the entry above, the result, your reason, the "
                   "time and your panel. Overturning takes no signature.</p>");
    }
    HTML(html, "<form method=\"post\" action=\"decide\">");
    put_csrf(page);
    HTML(html, "<p><label for=\"reason\">Alasan, terbit bersama putusan / reason, published with "
               "it</label><br><textarea id=\"reason\" name=\"reason\" required></textarea></p><p>"
               "<button name=\"action\" value=\"overturn\">Batalkan / overturn</button>");
    if (one->is_checked) {
        HTML(html, " <button name=\"action\" value=\"uphold\">Tanda tangani dan kuatkan / sign "
                   "and uphold</button> <button name=\"action\" value=\"abusive\">Tanda tangani: "
                   "penyalahgunaan / sign: abusive</button>");
    }
    HTML(html, "</p></form></section>");
}

static void put_decline(const struct approver_page *page)
{
    struct html *html = page->html;
    HTML(html, "<section><h2>Atau / or</h2><form method=\"post\" action=\"decline\">");
    put_csrf(page);
    HTML(html, "<p><label for=\"reason\">Alasan / reason</label><br><textarea id=\"reason\" "
               "name=\"reason\" required></textarea></p><p>"
               "<button name=\"action\" value=\"return\">Kembalikan / return</button> "
               "<button name=\"action\" value=\"reject\">Tolak / reject</button></p></form>"
               "</section>");
}

static void put_outcome(const struct approver_page *page, const struct desk_case *one)
{
    if (!one->has_outcome) {
        return;
    }
    if (one->is_refused) {
        HTML(page->html, "<p class=\"problem\" role=\"alert\"><strong>Ditolak server / refused by "
                         "the server: ");
    } else {
        HTML(page->html, "<p class=\"done\" role=\"status\"><strong>Tercatat / recorded. ");
    }
    html_foreign(page->html, one->outcome, 2000);
    HTML(page->html, "</strong></p>");
}

void approver_page_case(const struct approver_page *page, const struct desk_case *one)
{
    char title[40];
    snprintf(title, sizeof title, "Kasus / case #%lld", (long long)one->id);
    open_page(page, str_of(title));
    put_outcome(page, one);
    HTML(page->html, "<p>Status / state: ");
    html_foreign(page->html, text_of(one->facts, "state"), 40);
    HTML(page->html, "</p>");
    if (one->why.message[0] != '\0') {
        HTML(page->html, "<p class=\"problem\" role=\"alert\"><strong>Tidak untuk ditandatangani / "
                         "not to be signed: ");
        html_foreign(page->html, str_of(one->why.message), 2000);
        HTML(page->html, "</strong></p>");
    }
    put_facts(page, one->facts);
    if (one->has_offer && !one->offer.is_answered) {
        put_blind(page);
    }
    bool is_appeal = one->has_offer && one->offer.what == OFFER_APPEAL;
    if (one->is_checked) {
        put_proposal(page, one);
    }
    if (one->is_checked && !is_appeal) {
        if (one->offer.what != OFFER_RESTORE) {
            put_comparison(page, one);
        }
        put_sign(page, one);
    }
    if (is_appeal) {
        put_ground(page, one);
        put_decide(page, one);
    }
    if (one->has_offer && one->offer.what == OFFER_PROPOSAL) {
        put_decline(page);
    }
    close_page(page);
}

void approver_page_document_form(const struct approver_page *page)
{
    struct html *html = page->html;
    open_page(page, STR("Berkas musim, sertifikat kunci / season's file, key's certificate"));
    HTML(
        html,
        "<p>Tempel isi berkas yang diminta untuk ditandatangani (<code>saring season bytes</code>, "
        "<code>saring user certificate NAMA</code>). / Paste the file that you are asked to "
        "sign.</p><form method=\"post\" action=\"/document\">");
    put_csrf(page);
    HTML(html, "<p><label for=\"bytes\">Isinya / its bytes</label><br><textarea id=\"bytes\" "
               "name=\"bytes\" rows=\"8\" required></textarea></p><p><button class=\"main\">Baca / "
               "read</button></p></form>");
    close_page(page);
}

static void put_season(struct html *html, const struct approver_document *document)
{
    const struct casebook_season_file *season = &document->season;
    char start[CLOCK_TEXT], end[CLOCK_TEXT], days[24];
    snprintf(days, sizeof days, "%lld",
             (long long)((season->end_ms - season->start_ms) / (24LL * 3600 * 1000)));
    put_term(html, STR("Jenis / kind"), STR("musim pemilihan / season"));
    put_term(html, STR("Nama / name"), season->name);
    put_term(html, STR("Mulai / start"), str_of(clock_format(season->start_ms, start)));
    put_term(html, STR("Berakhir / end"), str_of(clock_format(season->end_ms, end)));
    put_term(html, STR("Hari / days"), str_of(days));
    for (size_t i = 0; i < season->organisation_count; i++) {
        const struct casebook_season_organisation *one = &season->organisations[i];
        put_term(html, str_of(casebook_role_name(one->role)), one->name);
        for (size_t k = 0; k < one->key_count; k++) {
            bool is_own = str_equal(one->keys[k], document->own);
            put_term(html, is_own ? STR("kunci Anda / your key") : STR("kunci / key"),
                     one->keys[k]);
        }
    }
}

static void put_certificate(struct html *html, const struct approver_document *document)
{
    static const struct {
        const char *name;
        struct str term;
    } lines[] = {
        {"name", STR("Orang / person")}, {"organisation", STR("Organisasi / organisation")},
        {"role", STR("Peran / role")},   {"key", STR("Kunci barunya / their new key")},
        {"since", STR("Sejak / since")}, {"season", STR("Musim / season")}};
    put_term(
        html, STR("Jenis / kind"),
        STR("sertifikat: kunci ini berbicara untuk orang ini / certificate: this key speaks for "
            "this person"));
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        put_term(html, lines[i].term, text_of(document->object, lines[i].name));
    }
}

void approver_page_document(const struct approver_page *page,
                            const struct approver_document *document, struct str armored)
{
    struct html *html = page->html;
    char hex[HASH_HEX];
    hash_format(&document->hash, hex);
    open_page(page, STR("Yang Anda tanda tangani / what you sign"));
    HTML(html, "<section><dl class=\"facts\">");
    if (document->is_season) {
        put_season(html, document);
    } else {
        put_certificate(html, document);
    }
    put_term(html, STR("SHA-256"), str_of(hex));
    HTML(html, "</dl></section>");
    if (armored.len > 0) {
        HTML(html,
             "<section><h2>Tanda tangan / signature</h2><p>Simpan dan berikan kepada yang meminta. "
             "/ Save it and give it to who asked.</p><pre id=\"signature\">");
        html_text(html, armored);
        HTML(html, "</pre></section>");
        close_page(page);
        return;
    }
    HTML(html, "<form method=\"post\" action=\"/document/sign\">");
    put_csrf(page);
    HTML(html, "<input type=\"hidden\" name=\"hash\"");
    HTML_ATTRIBUTE(html, "value", str_of(hex));
    HTML(html, "><input type=\"hidden\" name=\"bytes\"");
    HTML_ATTRIBUTE(html, "value", document->bytes);
    HTML(html, "><p><button class=\"main\">Tanda tangani / sign</button> <a href=\"/\">Tidak / "
               "no</a></p></form>");
    close_page(page);
}
