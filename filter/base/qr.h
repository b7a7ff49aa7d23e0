/* QR codes (ISO/IEC 18004, by libqrencode) of short texts, for terminals and for pages. */
#pragma once

#include <stdbool.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"

struct err;

/*
 * Appends the code as lines of half blocks, two modules a character, with its quiet zone; dark
 * modules are spaces on a light ground, as terminals with light text on dark need it.
 */
MUST_CHECK bool qr_text(struct str text, struct buf *out, struct err *err);

/*
 * Appends the data of an SVG path ("M4 4h7v1h-7z…", one unit a module, the quiet zone of four
 * modules included) that draws the dark modules; `*size` is the width and height of the whole.
 */
MUST_CHECK bool qr_svg_path(struct str text, struct buf *out, unsigned *size, struct err *err);
