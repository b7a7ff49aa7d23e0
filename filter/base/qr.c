#include "filter/base/qr.h"

#include <qrencode.h>
#include <stdlib.h>

#include "filter/base/err.h"

enum { QUIET = 4, TEXT_MOST = 1024 };

static QRcode *encode(struct str text, struct err *err)
{
    QRcode *code = NULL;
    if (text.len > 0 && text.len <= TEXT_MOST) {
        code = QRcode_encodeData((int)text.len, (const unsigned char *)text.at, 0, QR_ECLEVEL_M);
    }
    if (code == NULL) {
        err_set(err, "a text of %zu bytes fits no QR code", text.len);
    }
    return code;
}

/* Of the whole, quiet zone included. */
static bool is_dark(const QRcode *code, int x, int y)
{
    int column = x - QUIET, row = y - QUIET;
    return column >= 0 && row >= 0 && column < code->width && row < code->width &&
           (code->data[row * code->width + column] & 1) != 0;
}

bool qr_text(struct str text, struct buf *out, struct err *err)
{
    /* Light above and below, light above alone, light below alone, dark. */
    static const char *const blocks[] = {"\xe2\x96\x88", "\xe2\x96\x80", "\xe2\x96\x84", " "};
    QRcode *code = encode(text, err);
    if (code == NULL) {
        return false;
    }
    int size = code->width + 2 * QUIET;
    for (int y = 0; y < size; y += 2) {
        for (int x = 0; x < size; x++) {
            unsigned dark = (is_dark(code, x, y) ? 2 : 0) | (is_dark(code, x, y + 1) ? 1 : 0);
            buf_put_string(out, blocks[dark]);
        }
        buf_put_char(out, '\n');
    }
    QRcode_free(code);
    return true;
}

bool qr_svg_path(struct str text, struct buf *out, unsigned *size, struct err *err)
{
    QRcode *code = encode(text, err);
    if (code == NULL) {
        return false;
    }
    int width = code->width + 2 * QUIET;
    for (int y = 0; y < width; y++) {
        for (int x = 0; x < width; x++) {
            int run = 0;
            while (is_dark(code, x + run, y)) {
                run++;
            }
            if (run > 0) {
                buf_printf(out, "M%d %dh%dv1h-%dz", x, y, run, run);
                x += run;
            }
        }
    }
    *size = (unsigned)width;
    QRcode_free(code);
    return true;
}
