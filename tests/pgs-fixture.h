/* pgs-fixture.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>
#include <stdint.h>
#include <sys/types.h>

G_BEGIN_DECLS

/**
 * PgsFixture:
 * @root: a folder to read as /proc
 * @pid: the process that it shows
 *
 * A recorded process of tests/data, made into a folder that reads like /proc.
 */
typedef struct
{
  char  *root;
  pid_t  pid;
} PgsFixture;

PgsFixture *pgs_fixture_new       (const char        *name);
void        pgs_fixture_free      (PgsFixture        *self);
char       *pgs_fixture_dup_path  (const PgsFixture  *self,
                                   const char        *file);
void        pgs_fixture_write     (const PgsFixture  *self,
                                   const char        *file,
                                   const char        *text);
uint64_t    pgs_fixture_get_entry (const PgsFixture  *self,
                                   uint64_t           address);
char       *pgs_fixture_read      (const char        *name,
                                   const char        *file,
                                   gsize             *length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsFixture, pgs_fixture_free)

G_END_DECLS
