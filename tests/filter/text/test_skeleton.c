#include "filter/base/err.h"
#include "filter/text/view.h"
#include "tests/filter/test.h"

struct skeleton_case {
    const char *name, *text, *skeleton;
};

static const struct skeleton_case skeleton_cases[] = {
    {"plain words stay", "klik tautan ini", "klik tautan ini"},
    {"empty", "", ""},
    {"digits for vowels", "p1lk4d4", "pilkada"},
    {"a digit at the word's end", "sald0 gratis", "saldo gratis"},
    {"a digit at the word's start", "0nline 4nda 1nfo", "online anda info"},
    {"two digits in a row", "b4n50s und14n", "bansos undian"},
    {"one beside i is l", "kl1k k1ik pi1ih", "klik klik pilih"},
    {"signs for letters", "d@ft@r ban$os $aldo kl!k pilkad@", "daftar bansos saldo klik pilkada"},
    {"a handle and a shout stay", "@kpu awas! awas!awas", "@kpu awas! awas!awas"},
    {"amounts stay", "rp150rb 5jt 150rb 10an 4g", "rp150rb 5jt 150rb 10an 4g"},
    {"prices, dates and times stay", "rp5.000 2,4jt 27-11-2024 07.00 13:00",
     "rp5.000 2,4jt 27-11-2024 07.00 13:00"},
    {"numbers behind a word stay", "covid19 tps12 g20 s1 c6 anak2 pilkada2024",
     "covid19 tps12 g20 s1 c6 anak2 pilkada2024"},
    {"an amount in a longer number", "150.000 1.500.000", "150.000 1.500.000"},
    {"repeated vowels", "hoaaax mauuu ayooo", "hoax mau ayo"},
    {"repeated consonants behind a vowel", "daftarrr adminnn klikk", "daftar admin klik"},
    {"repeated consonants behind a consonant", "uanggg", "uang"},
    {"consonants that make a word stay", "pps kpps kk ppk pppk tanggal nggak",
     "pps kpps kk ppk pppk tanggal nggak"},
    {"double v", "vvhatsapp pvvni", "whatsap pwni"},
    {"letters spaced apart", "kirim N I K dan c a i r, cek", "kirim nik dan cair, cek"},
    {"letters dotted apart", "p.e.n.c.a.i.r.a.n dana", "pencairan dana"},
    {"dots and spaces mixed", "p.i.l k a d a", "pilkada"},
    {"dashes", "B-N-I: perub4han", "bni: perubahan"},
    {"bullets", "k•p•u, rt K · P · U", "kpu, rt kpu"},
    {"dotted words keep their space", "K.P.U R.I", "kpu ri"},
    {"words wider apart than their letters", "K P U  R I A U  x", "kpu riau x"},
    {"letters wide apart stay", "isi N  I  K ya", "isi n i k ya"},
    {"two spaced letters are no word", "di t.me a b, xy z y/n", "di t.me a b, xy z y/n"},
    {"two letters with one sign between", "W.A dan R-I a.n. ketua", "wa dan ri an. ketua"},
    {"a letter before dotted ones", "y k.p.u", "y kpu"},
    {"leet among spaced letters", "n 1 k s 4 l d 0 b 4 n 5 0 s", "niksaldobansos"},
    {"digits spaced apart stay, unless inside", "1 2 3 4 x 5 m 6 7", "1 2 3 4 xsm 6 7"},
    {"an amount behind spaced letters", "c a i r 5 juta", "cair 5 juta"},
    {"repeated and spaced", "h o a a a x", "hoax"},
    {"degrees", "S.H., M.H.", "sh., mh."},
    {"accents", "dàftâr klïk", "daftar klik"},
    {"letters struck through", "k̶p̶u̶", "kpu"},
    {"marks on other scripts stay", "กำลัง", "กําลัง"},
    {"mathematical letters", "𝐔𝐧𝐝𝐢𝐚𝐧 𝐁𝐑𝐈", "undian bri"},
    {"an unfinished last block", "0123456789abcdeff", "0123456789abcdef"},
    {"a word across blocks", "0123456789 abcdd4ftar sald0", "0123456789 abcddaftar saldo"},
};

static void skeleton(void **state)
{
    const struct skeleton_case *c = *state;
    struct err err = ERR_NONE;
    struct text_view view;
    struct text_fold *fold = text_fold_new(1 << 20);
    assert_true(text_fold_view(fold, TEXT_SKELETON, str_of(c->text), &view, &err));
    char got[256] = "";
    assert_true(view.text.len < sizeof got);
    memcpy(got, view.text.at, view.text.len);
    text_fold_free(fold);
    assert_string_equal(got, c->skeleton);
}

/* A rule's pattern and a disguised text, of which the pattern must be found as it stands. */
struct meeting_case {
    const char *name, *pattern, *text;
};

static const struct meeting_case meeting_cases[] = {
    {"a phrase", "verifikasi nik", "Verif1k4si N I K di kpu-daftar.xyz"},
    {"an amount behind its currency", "150.000", "Tarif Rp150.000 per bulan"},
    {"an amount with its unit", "150rb", "bayar Rp150rb dulu"},
    {"a number and a word", "150 ribu", "cuma Rp150 ribu"},
    {"digits that are part of the name", "p3k", "lowongan P3K dibuka"},
    {"digits that are part of the name, spelled out", "pppk", "P.P.P.K tanpa tes"},
    {"doubled letters in the pattern", "kk asli", "bawa KK asliii"},
    {"doubled vowels in the pattern", "saat", "pada saaat itu"},
    {"spaced", "cair", "sudah c a i r!"},
    {"spaced and followed by its second half", "surat suara", "s u r a t suara"},
    {"a word's start", "pengumum", "PENGUMUM4N"},
    {"an official name", "kpu ri", "K.P.U  R.I"},
    {"a dash in the pattern", "bagi-bagi", "b4gi-bagi"},
    {"slash at the end", "sma/", "SMA/SMK"},
    {"fullwidth", "link", "ｌｉｎｋ berikut"},
    {"zero-width space", "klik link", "kl​ik link"},
    {"no-break space", "klik link", "klik link"},
    {"Cyrillic", "bansos", "ВАNSОЅ bаnsоs"},
    {"accents in the pattern", "résumé", "resume"},
};

static void meeting(void **state)
{
    const struct meeting_case *c = *state;
    struct err err = ERR_NONE;
    struct text_view view;
    struct str pattern;
    struct arena *arena = arena_new(1 << 16);
    struct text_fold *fold = text_fold_new(1 << 20);
    assert_true(text_fold_view(fold, TEXT_SKELETON, str_of(c->text), &view, &err));
    assert_true(text_fold_literal(TEXT_SKELETON, str_of(c->pattern), arena, &pattern, &err));
    assert_non_null(memmem(view.text.at, view.text.len, pattern.at, pattern.len));
    text_fold_free(fold);
    arena_free(arena);
}

int main(void)
{
    return RUN_CASES("text_skeleton", skeleton_cases, skeleton) +
           RUN_CASES("a pattern and a text meet", meeting_cases, meeting);
}
