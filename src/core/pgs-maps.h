/* pgs-maps.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/* No maps text of a real process comes near this: the kernel's own limit of
 * mappings gives some 5 MiB. */
#define PGS_MAPS_MAX_BYTES ((gsize) 1 << 30)

typedef enum
{
  PGS_MAPPING_READ   = 1 << 0,
  PGS_MAPPING_WRITE  = 1 << 1,
  PGS_MAPPING_EXEC   = 1 << 2,
  PGS_MAPPING_SHARED = 1 << 3,
} PgsMappingFlags;

/* What a mapping is for, as far as its line in maps tells. */
typedef enum
{
  PGS_MAPPING_ANONYMOUS,     /* no name, or a name given with prctl ("[anon:…]") */
  PGS_MAPPING_HEAP,          /* "[heap]" */
  PGS_MAPPING_STACK,         /* "[stack]" */
  PGS_MAPPING_CODE,          /* a file of which some part is executable */
  PGS_MAPPING_FILE,          /* any other file */
  PGS_MAPPING_SHARED_MEMORY, /* tmpfs, memfd, System V, shared anonymous */
  PGS_MAPPING_DEVICE,        /* a device under /dev */
  PGS_MAPPING_KERNEL,        /* "[vdso]", "[vvar]", "[vsyscall]", "[uprobes]" */
  PGS_MAPPING_N_KINDS,
} PgsMappingKind;

/**
 * PgsMapping:
 * @start: first address
 * @end: the address behind the last one
 * @offset: where in the file the mapping starts, in bytes
 * @inode: the file's inode number, or 0
 * @dev_major: (as in maps)
 * @dev_minor: (as in maps)
 * @flags: permissions
 * @kind: what it is for
 * @name: the last column, byte by byte as in maps: a newline in a path stands
 *   as "\012", other bytes come raw and need not be UTF-8. "" where there is
 *   none.
 *
 * One line of /proc/PID/maps: one virtual memory area (VMA).
 */
typedef struct
{
  uint64_t         start;
  uint64_t         end;
  uint64_t         offset;
  uint64_t         inode;
  uint32_t         dev_major;
  uint32_t         dev_minor;
  PgsMappingFlags  flags;
  PgsMappingKind   kind;
  const char      *name;
} PgsMapping;

/**
 * PgsMaps:
 *
 * The mappings of a process at one moment: sorted by address, free of overlap,
 * immutable and reference-counted.
 */
typedef struct _PgsMaps PgsMaps;

PgsMaps          *pgs_maps_parse              (const char        *text,
                                               gsize              length,
                                               uint64_t           page_size,
                                               GError           **error);
PgsMaps          *pgs_maps_read               (GBytes            *source,
                                               uint64_t           page_size,
                                               PgsMaps           *previous,
                                               GError           **error);
PgsMaps          *pgs_maps_ref                (PgsMaps           *self);
void              pgs_maps_unref              (PgsMaps           *self);
guint             pgs_maps_get_n_mappings     (const PgsMaps     *self);
const PgsMapping *pgs_maps_get_mapping        (const PgsMaps     *self,
                                               guint              index);
gboolean          pgs_maps_find               (const PgsMaps     *self,
                                               uint64_t           address,
                                               guint             *index);
guint             pgs_maps_find_from          (const PgsMaps     *self,
                                               uint64_t           address);
gboolean          pgs_maps_equal              (const PgsMaps     *self,
                                               const PgsMaps     *other);

uint64_t          pgs_mapping_get_size        (const PgsMapping  *self);
gboolean          pgs_mapping_is_inaccessible (const PgsMapping  *self);
void              pgs_mapping_format_access   (const PgsMapping  *self,
                                               char               access[5]);
char             *pgs_mapping_dup_label       (const PgsMapping  *self);
char             *pgs_mapping_dup_short_label (const PgsMapping  *self);
const char       *pgs_mapping_kind_get_title  (PgsMappingKind     kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PgsMaps, pgs_maps_unref)

G_END_DECLS
