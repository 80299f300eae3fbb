/* pgs-gui.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Drives the program as a person does: with the pointer and the keys, on a
 * display of its own, and reads what it shows through AT-SPI. Whatever is waited
 * for has a deadline; when that passes, a picture of the screen is kept and the
 * test fails.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _PgsGui PgsGui;

PgsGui  *pgs_gui_start           (const char *const *arguments);
void     pgs_gui_end             (PgsGui            *self);

/* The pointer and the keys. */
void     pgs_gui_key             (PgsGui            *self,
                                  const char        *key);
void     pgs_gui_type            (PgsGui            *self,
                                  const char        *text);
void     pgs_gui_click           (PgsGui            *self,
                                  const char        *role,
                                  const char        *name);
void     pgs_gui_click_at        (PgsGui            *self,
                                  const char        *role,
                                  const char        *name,
                                  double             share_x,
                                  double             share_y,
                                  guint              button,
                                  guint              times);

/* What is shown. */
gboolean pgs_gui_shows           (PgsGui            *self,
                                  const char        *role,
                                  const char        *name);
void     pgs_gui_wait_for        (PgsGui            *self,
                                  const char        *role,
                                  const char        *name);
void     pgs_gui_wait_for_no     (PgsGui            *self,
                                  const char        *role,
                                  const char        *name);
char    *pgs_gui_read            (PgsGui            *self,
                                  const char        *role,
                                  const char        *name);
char    *pgs_gui_read_title      (PgsGui            *self);
void     pgs_gui_wait_until      (PgsGui            *self,
                                  const char        *role,
                                  const char        *name,
                                  const char        *part);
guint    pgs_gui_count           (PgsGui            *self,
                                  const char        *role);
gboolean pgs_gui_is_within       (PgsGui            *self,
                                  const char        *role,
                                  const char        *name,
                                  int                width);
void     pgs_gui_dump            (PgsGui            *self);
void     pgs_gui_resize          (PgsGui            *self,
                                  int                width,
                                  int                height);

G_END_DECLS
