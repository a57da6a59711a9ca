/* theme_css.h: the style sheets of a theme: faces, contrasts, sizes. */
#ifndef APP_THEME_CSS_H
#define APP_THEME_CSS_H

#include "app/theme_report.h"

enum err theme_check_css(struct theme *t, struct fault *f);

#endif
