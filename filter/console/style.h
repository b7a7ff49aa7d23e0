/* The one style sheet, filter/console/style.css, which lies in the program. */
#pragma once

#include "filter/base/str.h"

/* Its text. */
struct str style_text(void);

/* Its path, "/style-0123abcd.css", with a hash in it; stands for the program's life. */
struct str style_path(void);
