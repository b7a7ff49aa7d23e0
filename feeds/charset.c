#include "feeds/charset.h"

#include <string.h>

enum { MAX_LABEL = 32 };

/*
 * The labels that we take (WHATWG Encoding Standard, section 4.2, UTF-32 and the code pages of
 * old), without '-', '_' and the like, and iconv's name of the superset that they mean in practice.
 * A closed list: iconv's stateful converters have had memory errors, and a feed gains nothing by
 * them.
 */
static const struct {
    const char *label, *name;
} labels[] = {
    {"utf8", "UTF-8"},
    {"unicode11utf8", "UTF-8"},
    {"usascii", "UTF-8"},
    {"ascii", "UTF-8"},
    {"ansix341968", "UTF-8"},
    {"utf16", "UTF-16"},
    {"utf16le", "UTF-16LE"},
    {"utf16be", "UTF-16BE"},
    {"iso10646ucs2", "UTF-16"},
    {"ucs2", "UTF-16"},
    {"unicode", "UTF-16"},
    {"u16", "UTF-16"},
    {"utf32", "UTF-32"},
    {"utf32le", "UTF-32LE"},
    {"utf32be", "UTF-32BE"},
    {"iso10646ucs4", "UTF-32"},
    {"ucs4", "UTF-32"},
    {"iso88591", "CP1252"},
    {"latin1", "CP1252"},
    {"l1", "CP1252"},
    {"windows1252", "CP1252"},
    {"ibm819", "CP1252"},
    {"windows1250", "CP1250"},
    {"windows1251", "CP1251"},
    {"windows1253", "CP1253"},
    {"windows1254", "CP1254"},
    {"iso88599", "CP1254"},
    {"latin5", "CP1254"},
    {"l5", "CP1254"},
    {"windows1255", "CP1255"},
    {"windows1256", "CP1256"},
    {"windows1257", "CP1257"},
    {"windows1258", "CP1258"},
    {"iso88592", "ISO-8859-2"},
    {"latin2", "ISO-8859-2"},
    {"l2", "ISO-8859-2"},
    {"iso88593", "ISO-8859-3"},
    {"latin3", "ISO-8859-3"},
    {"iso88594", "ISO-8859-4"},
    {"latin4", "ISO-8859-4"},
    {"iso88595", "ISO-8859-5"},
    {"cyrillic", "ISO-8859-5"},
    {"iso88596", "ISO-8859-6"},
    {"arabic", "ISO-8859-6"},
    {"iso88597", "ISO-8859-7"},
    {"greek", "ISO-8859-7"},
    {"iso88598", "ISO-8859-8"},
    {"iso88598i", "ISO-8859-8"},
    {"hebrew", "ISO-8859-8"},
    {"iso885910", "ISO-8859-10"},
    {"latin6", "ISO-8859-10"},
    {"iso885913", "ISO-8859-13"},
    {"iso885914", "ISO-8859-14"},
    {"iso885915", "ISO-8859-15"},
    {"latin9", "ISO-8859-15"},
    {"iso885916", "ISO-8859-16"},
    {"koi8", "KOI8-R"},
    {"koi8r", "KOI8-R"},
    {"koi8u", "KOI8-U"},
    {"koi8ru", "KOI8-U"},
    {"ibm437", "CP437"},
    {"ibm737", "CP737"},
    {"ibm775", "CP775"},
    {"ibm850", "CP850"},
    {"ibm852", "CP852"},
    {"ibm855", "CP855"},
    {"ibm857", "CP857"},
    {"ibm858", "IBM858"},
    {"ibm860", "CP860"},
    {"ibm861", "CP861"},
    {"ibm862", "CP862"},
    {"ibm863", "CP863"},
    {"ibm864", "CP864"},
    {"ibm865", "CP865"},
    {"ibm866", "CP866"},
    {"ibm869", "CP869"},
    {"macintosh", "MACINTOSH"},
    {"mac", "MACINTOSH"},
    {"macroman", "MACINTOSH"},
    {"xmacroman", "MACINTOSH"},
    {"maccyrillic", "MAC-CYRILLIC"},
    {"xmaccyrillic", "MAC-CYRILLIC"},
    {"viscii", "VISCII"},
    {"tis620", "CP874"},
    {"windows874", "CP874"},
    {"iso885911", "CP874"},
    {"gb2312", "GB18030"},
    {"gb231280", "GB18030"},
    {"euccn", "GB18030"},
    {"gbk", "GB18030"},
    {"xgbk", "GB18030"},
    {"gb18030", "GB18030"},
    {"big5", "BIG5-HKSCS"},
    {"xxbig5", "BIG5-HKSCS"},
    {"big5hkscs", "BIG5-HKSCS"},
    {"eucjp", "EUC-JP"},
    {"xeucjp", "EUC-JP"},
    {"iso2022jp", "ISO-2022-JP"},
    {"shiftjis", "CP932"},
    {"sjis", "CP932"},
    {"xsjis", "CP932"},
    {"mskanji", "CP932"},
    {"windows31j", "CP932"},
    {"windows932", "CP932"},
    {"euckr", "CP949"},
    {"ksc56011987", "CP949"},
    {"ksc5601", "CP949"},
    {"korean", "CP949"},
    {"windows949", "CP949"},
    {"uhc", "CP949"},
};

/* A label as the list has it: letters and digits, "cp1252" and "cp437" by their longer names. */
static size_t plain_label(struct str label, char out[MAX_LABEL])
{
    size_t len = 0;
    for (size_t i = 0; i < label.len && len < MAX_LABEL; i++) {
        char c = label.at[i];
        c = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            out[len++] = c;
        }
    }
    bool is_page = len >= 5 && len <= 6 && memcmp(out, "cp", 2) == 0;
    if (is_page) {
        const char *family = out[2] == '1' || memcmp(out + 2, "874", 3) == 0 ||
                                     memcmp(out + 2, "932", 3) == 0 ||
                                     memcmp(out + 2, "949", 3) == 0
                                 ? "windows"
                                 : "ibm";
        size_t digits = len - 2, name = strlen(family);
        memmove(out + name, out + 2, digits);
        memcpy(out, family, name);
        len = name + digits;
    }
    return len;
}

const char *feeds_charset_find(struct str label)
{
    char plain[MAX_LABEL];
    size_t len = plain_label(label, plain);
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        if (strlen(labels[i].label) == len && memcmp(labels[i].label, plain, len) == 0) {
            return labels[i].name;
        }
    }
    return NULL;
}

bool feeds_charset_is_single_byte(const char *name)
{
    static const char *const others[] = {"UTF",   "GB18030",     "BIG5", "EUC-",
                                         "CP932", "ISO-2022-JP", "CP949"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (strncmp(name, others[i], strlen(others[i])) == 0) {
            return false;
        }
    }
    return true;
}
