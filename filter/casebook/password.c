/* Which passwords are refused, however long: what those who guess try first. */
#include <string.h>
#include <strings.h>

#include "filter/base/err.h"
#include "filter/casebook/internal.h"

/* Of 12 characters and more, from lists of what people chose; lower case. */
static const char *const common[] = {
    "123123123123",    "111111111111",       "000000000000",       "123456123456",
    "121212121212",    "112233445566",       "123321123321",       "1q2w3e4r5t6y",
    "1qaz2wsx3edc",    "1qazxsw23edc",       "qwertyuiop12",       "qwertyuiop123",
    "qwertyuiop[]",    "qwerty123456",       "qwertyqwerty",       "q1w2e3r4t5y6",
    "zaq12wsxcde3",    "asdfghjkl123",       "zxcvbnm12345",       "abcdefghijkl",
    "abcd12345678",    "abc123abc123",       "password1234",       "password12345",
    "password123456",  "passwordpassword",   "mypassword123",      "passw0rd1234",
    "p@ssw0rd1234",    "administrator",      "administrator1",     "admin1234567",
    "admin12345678",   "adminadminadmin",    "letmeinletmein",     "welcome12345",
    "welcome123456",   "changeme1234",       "changemechangeme",   "iloveyou1234",
    "iloveyouforever", "football1234",       "sunshine1234",       "princess1234",
    "superman1234",    "indonesia123",       "indonesia1234",      "indonesia2024",
    "indonesia2025",   "indonesia2026",      "indonesiaraya",      "indonesiamerdeka",
    "bismillah123",    "bismillah1234",      "bismillahbismillah", "alhamdulillah",
    "alhamdulillah1",  "assalamualaikum",    "rahasia12345",       "rahasia123456",
    "katasandi123",    "katasandikatasandi", "sayangkamu123",      "akucintakamu",
    "jakarta12345",    "garuda123456",       "pancasila123",       "pancasila1945",
    "merdeka17081945", "pemilu2024kpu",      "pilkada2024123",     "correcthorsebatterystaple",
};

static bool is_common(struct str password)
{
    for (size_t i = 0; i < sizeof common / sizeof *common; i++) {
        if (password.len == strlen(common[i]) &&
            strncasecmp(password.at, common[i], password.len) == 0) {
            return true;
        }
    }
    return false;
}

/* "aaaaaaaaaaaa", "123456789012", "ababababab": few characters, or each follows the one before. */
static bool is_pattern(struct str password)
{
    bool seen[256] = {false};
    size_t different = 0, steps = 0;
    for (size_t i = 0; i < password.len; i++) {
        unsigned char c = (unsigned char)password.at[i];
        different += seen[c] ? 0 : 1;
        seen[c] = true;
        int before = i > 0 ? (unsigned char)password.at[i - 1] : -2;
        bool wraps = (before == '9' && c == '0') || (before == '0' && c == '9');
        steps += c == before + 1 || c + 1 == before || wraps ? 1 : 0;
    }
    return different < 5 || steps + 2 >= password.len;
}

/* The name, over and over or with digits behind it. */
static bool is_of_name(struct str name, struct str password)
{
    size_t at = 0;
    while (name.len > 2 && at + name.len <= password.len &&
           strncasecmp(password.at + at, name.at, name.len) == 0) {
        at += name.len;
    }
    while (at > 0 && at < password.len && password.at[at] >= '0' && password.at[at] <= '9') {
        at++;
    }
    return at > 0 && at == password.len;
}

bool casebook_password_check(struct str name, struct str password, struct err *err)
{
    if (password.len > CASEBOOK_PASSWORD_MOST) {
        return err_set(err, "the password is longer than %d bytes", CASEBOOK_PASSWORD_MOST);
    }
    if (!casebook_check_words(password, "the password", CASEBOOK_PASSWORD_LEAST,
                              CASEBOOK_PASSWORD_MOST, err)) {
        return false;
    }
    if (is_common(password) || is_pattern(password) || is_of_name(name, password)) {
        return err_set(err, "the password is one of those that are tried first: take several words "
                            "that nobody says in this order");
    }
    return true;
}
