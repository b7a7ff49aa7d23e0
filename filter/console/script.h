/* The one script, filter/console/app.js, which lies in the program. Pages work without it. */
#pragma once

#include "filter/base/str.h"

/* Its text. */
struct str script_text(void);

/* Its path, "/app-0123abcd.js", with a hash in it; stands for the program's life. */
struct str script_path(void);
