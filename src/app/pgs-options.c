/* pgs-options.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The command line.
 *
 * GOptionContext splits it and writes the help; every value is taken as text and
 * checked here, as GLib's own numbers also accept octal and hexadecimal ones and
 * its errors do not say what to do. "--" and what follows is cut off first: it is
 * a program with options of its own. Nothing here needs a display.
 */

#include "config.h"

#include "pgs-options.h"

#include <glib/gi18n.h>
#include <string.h>

#include "paint/pgs-picture.h"
#include "pgs-address.h"

/* The values as they were typed. */
typedef struct
{
  gboolean  help;
  gboolean  version;
  gboolean  launch;
  char     *pid;
  char     *address;
  char     *color_by;
  char     *scale;
  char     *export_path;
  char     *detail;
  gboolean  no_scan;
  gboolean  unlock;
  gboolean  ram;
  char     *other;
  char     *size;
  char     *range;
  char     *delay;
} Texts;

G_DEFINE_QUARK (pgs-options-error-quark, pgs_options_error)

static void
texts_clear (Texts *texts)
{
  g_free (texts->pid);
  g_free (texts->address);
  g_free (texts->color_by);
  g_free (texts->scale);
  g_free (texts->export_path);
  g_free (texts->detail);
  g_free (texts->other);
  g_free (texts->size);
  g_free (texts->range);
  g_free (texts->delay);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Texts, texts_clear)

static GOptionContext *
create_context (Texts *texts)
{
  const GOptionEntry entries[] = {
    { "pid", 0, 0, G_OPTION_ARG_STRING, &texts->pid,
      N_("Look at the process with this ID"), N_("PID") },
    { "launch", 0, 0, G_OPTION_ARG_NONE, &texts->launch,
      N_("Launch the program behind “--”, or else the bundled prober"), NULL },
    { "address", 0, 0, G_OPTION_ARG_STRING, &texts->address,
      N_("Go to this virtual address (hexadecimal)"), N_("ADDR") },
    { "color-by", 0, 0, G_OPTION_ARG_STRING, &texts->color_by,
      N_("Color pages by state, frame, kind, permissions, type, sharing, "
         "activity or relation"), N_("ID") },
    { "compare-with", 0, 0, G_OPTION_ARG_STRING, &texts->other,
      N_("Color pages by whether the process with this ID shares them"), N_("PID") },
    { "scale", 0, 0, G_OPTION_ARG_STRING, &texts->scale,
      N_("Lay out addresses compact, balanced or true"), N_("ID") },
    { "export", 0, 0, G_OPTION_ARG_FILENAME, &texts->export_path,
      N_("Write a PNG, SVG, PDF or CSV file without opening a window"), N_("FILE") },
    { "size", 0, 0, G_OPTION_ARG_STRING, &texts->size,
      N_("Size of the picture in pixels"), N_("WxH") },
    { "ram", 0, 0, G_OPTION_ARG_NONE, &texts->ram,
      N_("Draw RAM below the map, with ribbons from pages to their frames"), NULL },
    { "range", 0, 0, G_OPTION_ARG_STRING, &texts->range,
      N_("Export only these addresses (hexadecimal)"), N_("START-END") },
    { "delay", 0, 0, G_OPTION_ARG_STRING, &texts->delay,
      N_("How long a launched program runs before it is read (default 1)"), N_("SECONDS") },
    { "detail", 0, 0, G_OPTION_ARG_STRING, &texts->detail,
      N_("Keep single pages in at most so much memory (default 256)"), N_("MIB") },
    { "no-scan", 0, 0, G_OPTION_ARG_NONE, &texts->no_scan,
      N_("Read pagemap from end to end, as where the kernel has no PAGEMAP_SCAN"), NULL },
    { "unlock", 0, 0, G_OPTION_ARG_NONE, &texts->unlock,
      N_("Ask for the right to see physical addresses, through polkit"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &texts->version,
      N_("Print the version and end"), NULL },
    { "help", 'h', 0, G_OPTION_ARG_NONE, &texts->help,
      N_("Print this help and end"), NULL },
    { NULL, },
  };
  GOptionContext *context = g_option_context_new (_("[-- PROGRAM ARG…]"));

  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_summary (context, _("See every page of a running process."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  return context;
}

/* Each of the following reads one value. They leave their result untouched
 * where they fail. */

static gboolean
read_pid (const char  *option,
          const char  *text,
          pid_t       *pid,
          GError     **error)
{
  guint64 value;

  if (text == NULL)
    return TRUE;
  if (!g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT32, &value, NULL))
    {
      g_set_error (error, PGS_OPTIONS_ERROR, PGS_OPTIONS_ERROR_VALUE,
                   _("“%s” is not a process ID: %s takes a number like 1234."), text, option);
      return FALSE;
    }
  *pid = (pid_t) value;
  return TRUE;
}

static gboolean
read_address (const char  *text,
              PgsOptions  *self,
              GError     **error)
{
  if (text == NULL)
    return TRUE;
  if (!pgs_address_parse (text, &self->address))
    {
      g_set_error (error, PGS_OPTIONS_ERROR, PGS_OPTIONS_ERROR_VALUE,
                   _("“%s” is not an address: --address takes a hexadecimal number like "
                     "7ffd1234a000, with 0x in front or not."), text);
      return FALSE;
    }
  self->has_address = TRUE;
  return TRUE;
}

static gboolean
read_mode (const char          *text,
           const PgsColorMode **mode,
           GError             **error)
{
  g_autoptr(GString) known = NULL;

  if (text == NULL)
    return TRUE;
  *mode = pgs_color_mode_find (text);
  if (*mode != NULL)
    return TRUE;
  known = g_string_new (NULL);
  for (guint i = 0; i < pgs_color_mode_get_n_modes (); i++)
    g_string_append_printf (known, "%s%s", i > 0 ? ", " : "", pgs_color_mode_get (i)->id);
  g_set_error (error, PGS_OPTIONS_ERROR, PGS_OPTIONS_ERROR_VALUE,
               _("“%s” is nothing to color by: --color-by takes one of %s."), text, known->str);
  return FALSE;
}

static gboolean
read_scale (const char  *text,
            PgsOptions  *self,
            GError     **error)
{
  g_autoptr(GString) known = NULL;

  if (text == NULL)
    return TRUE;
  self->has_scale = pgs_scale_find (text, &self->scale);
  if (self->has_scale)
    return TRUE;
  known = g_string_new (NULL);
  for (guint i = 0; i < PGS_N_SCALES; i++)
    g_string_append_printf (known, "%s%s", i > 0 ? ", " : "", pgs_scale_get_id (i));
  g_set_error (error, PGS_OPTIONS_ERROR, PGS_OPTIONS_ERROR_VALUE,
               _("“%s” is not a scale: --scale takes one of %s."), text, known->str);
  return FALSE;
}

static gboolean
read_detail (const char  *text,
             PgsOptions  *self,
             GError     **error)
{
  guint64 value;

  if (text == NULL)
    return TRUE;
  if (!g_ascii_string_to_unsigned (text, 10, 1, PGS_OPTIONS_MAX_DETAIL, &value, NULL))
    {
      g_set_error (error, PGS_OPTIONS_ERROR, PGS_OPTIONS_ERROR_VALUE,
                   _("“%s” is not an amount of memory: --detail takes MiB, from 1 to %d."), text,
                   PGS_OPTIONS_MAX_DETAIL);
      return FALSE;
    }
  self->limits.max_bytes = (gsize) value << 20;
  return TRUE;
}

static gboolean
parse_side (const char *text,
            guint       min,
            guint      *side)
{
  guint64 value;

  if (!g_ascii_string_to_unsigned (text, 10, min, PGS_PICTURE_MAX_SIDE, &value, NULL))
    return FALSE;
  *side = (guint) value;
  return TRUE;
}

static gboolean
read_size (const char  *text,
           PgsOptions  *self,
           GError     **error)
{
  g_auto(GStrv) sides = NULL;

  if (text == NULL)
    return TRUE;
  sides = g_strsplit (text, "x", -1);
  if (g_strv_length (sides) == 2 &&
      parse_side (sides[0], PGS_PICTURE_MIN_WIDTH, &self->width) &&
      parse_side (sides[1], PGS_PICTURE_MIN_HEIGHT, &self->height))
    return TRUE;
  g_set_error (error, PGS_OPTIONS_ERROR, PGS_OPTIONS_ERROR_VALUE,
               _("“%s” is not a size: --size takes pixels like 1280x480, at least %dx%d and "
                 "at most %d a side."), text, PGS_PICTURE_MIN_WIDTH, PGS_PICTURE_MIN_HEIGHT,
               PGS_PICTURE_MAX_SIDE);
  return FALSE;
}

static gboolean
read_range (const char  *text,
            PgsOptions  *self,
            GError     **error)
{
  g_auto(GStrv) ends = NULL;
  uint64_t start, end;

  if (text == NULL)
    return TRUE;
  ends = g_strsplit (text, "-", -1);
  if (g_strv_length (ends) != 2 || !pgs_address_parse (ends[0], &start) ||
      !pgs_address_parse (ends[1], &end) || start >= end)
    {
      g_set_error (error, PGS_OPTIONS_ERROR, PGS_OPTIONS_ERROR_VALUE,
                   _("“%s” is not a range: --range takes START-END, two hexadecimal addresses "
                     "of which START is the lower one."), text);
      return FALSE;
    }
  self->start = start;
  self->end = end;
  return TRUE;
}

/* Takes plain decimal numbers only; strtod() knows "inf", "nan" and "0x1p3". */
static gboolean
read_delay (const char  *text,
            double      *delay,
            GError     **error)
{
  double value;

  if (text == NULL)
    return TRUE;
  value = g_ascii_strtod (text, NULL);
  if (text[0] == '\0' || text[strspn (text, "0123456789.")] != '\0' ||
      !g_ascii_isdigit (text[0]) || strchr (text, '.') != strrchr (text, '.') ||
      value > PGS_OPTIONS_MAX_DELAY)
    {
      g_set_error (error, PGS_OPTIONS_ERROR, PGS_OPTIONS_ERROR_VALUE,
                   _("“%s” is not a time: --delay takes seconds like 2.5, at most %.0f."),
                   text, PGS_OPTIONS_MAX_DELAY);
      return FALSE;
    }
  *delay = value;
  return TRUE;
}

static gboolean
read_export (char       **path,
             PgsOptions  *self,
             GError     **error)
{
  g_autoptr(GError) reason = NULL;

  if (*path == NULL)
    return TRUE;
  if (!pgs_export_find_format (*path, &self->format, &reason))
    {
      g_set_error_literal (error, PGS_OPTIONS_ERROR, PGS_OPTIONS_ERROR_VALUE, reason->message);
      return FALSE;
    }
  self->export_path = g_steal_pointer (path);
  return TRUE;
}

/* Whoever compares colors pages by what comes out. */
static gboolean
read_other (const char  *text,
            PgsOptions  *self,
            GError     **error)
{
  if (!read_pid ("--compare-with", text, &self->other, error))
    return FALSE;
  if (self->other != 0 && self->mode == NULL)
    self->mode = pgs_color_mode_find ("relation");
  return TRUE;
}

static gboolean
read_texts (PgsOptions  *self,
            Texts       *texts,
            GError     **error)
{
  self->launch = texts->launch;
  self->unlock = texts->unlock;
  self->ram = texts->ram;
  self->limits.scan = texts->no_scan ? PGS_PROC_SCAN_NEVER : PGS_PROC_SCAN_AUTO;
  return read_pid ("--pid", texts->pid, &self->pid, error) &&
         read_address (texts->address, self, error) &&
         read_mode (texts->color_by, &self->mode, error) &&
         read_other (texts->other, self, error) &&
         read_scale (texts->scale, self, error) &&
         read_detail (texts->detail, self, error) &&
         read_size (texts->size, self, error) &&
         read_range (texts->range, self, error) &&
         read_delay (texts->delay, &self->delay, error) &&
         read_export (&texts->export_path, self, error);
}

/* Whether what was given goes together. */
static gboolean
check_together (const PgsOptions  *self,
                const Texts       *texts,
                GError           **error)
{
  gboolean has_target = self->launch || self->pid != 0;
  gboolean exports = self->export_path != NULL;
  const struct
  {
    gboolean         is_wrong;
    PgsOptionsError  code;
    const char      *message;
  } rules[] = {
    { self->launch && self->pid != 0, PGS_OPTIONS_ERROR_CLASH,
      N_("--pid and --launch exclude each other: give one of them.") },
    { self->program != NULL && !self->launch, PGS_OPTIONS_ERROR_MISSING,
      N_("There is a program behind “--” but no --launch: put --launch in front of it.") },
    { self->has_address && !has_target, PGS_OPTIONS_ERROR_MISSING,
      N_("--address needs a process: add --pid or --launch.") },
    { self->unlock && !has_target, PGS_OPTIONS_ERROR_MISSING,
      N_("--unlock needs a process: add --pid or --launch.") },
    { self->other != 0 && !has_target, PGS_OPTIONS_ERROR_MISSING,
      N_("--compare-with needs a process: add --pid or --launch.") },
    { self->other != 0 && self->mode->needs != PGS_COLOR_NEEDS_RELATION,
      PGS_OPTIONS_ERROR_CLASH,
      N_("--compare-with colors pages by relation: leave --color-by out.") },
    { self->other == 0 && self->mode != NULL &&
      self->mode->needs == PGS_COLOR_NEEDS_RELATION, PGS_OPTIONS_ERROR_MISSING,
      N_("The relation is one to another process: add --compare-with PID.") },
    { exports && !has_target, PGS_OPTIONS_ERROR_MISSING,
      N_("--export needs a process: add --pid or --launch.") },
    { texts->size != NULL && !exports, PGS_OPTIONS_ERROR_MISSING,
      N_("--size is the size of an exported picture: add --export FILE.") },
    { texts->size != NULL && self->format == PGS_EXPORT_CSV, PGS_OPTIONS_ERROR_CLASH,
      N_("--size is the size of a picture, and a CSV file has none: leave it out.") },
    { self->ram && !exports, PGS_OPTIONS_ERROR_MISSING,
      N_("--ram is for an exported picture: add --export FILE.") },
    { self->ram && self->format == PGS_EXPORT_CSV, PGS_OPTIONS_ERROR_CLASH,
      N_("--ram is for a picture, and a CSV file is none: leave it out.") },
    { texts->range != NULL && !exports, PGS_OPTIONS_ERROR_MISSING,
      N_("--range says what to export: add --export FILE.") },
    { texts->delay != NULL && !exports, PGS_OPTIONS_ERROR_MISSING,
      N_("--delay says when to export: add --export FILE.") },
    { texts->delay != NULL && !self->launch, PGS_OPTIONS_ERROR_MISSING,
      N_("--delay is for a program that is launched: add --launch.") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    if (rules[i].is_wrong)
      {
        g_set_error_literal (error, PGS_OPTIONS_ERROR, rules[i].code, _(rules[i].message));
        return FALSE;
      }
  return TRUE;
}

/* GLib silently drops a value given to an option that has none. */
static gboolean
check_no_value (char   **argv,
                GError **error)
{
  static const char *const options[] = { "--launch=", "--no-scan=", "--ram=", "--unlock=",
                                         "--version=", "--help=" };

  for (guint i = 0; argv[0] != NULL && argv[i] != NULL; i++)
    for (guint j = 0; j < G_N_ELEMENTS (options); j++)
      if (g_str_has_prefix (argv[i], options[j]))
        {
          g_autofree char *word = g_filename_display_name (argv[i]);

          g_set_error (error, PGS_OPTIONS_ERROR, PGS_OPTIONS_ERROR_UNKNOWN,
                       _("“%s” is not understood: nothing may follow this option with “=”. "
                         "“pagescape --help” lists the options."), word);
          return FALSE;
        }
  return TRUE;
}

/* Splits what stands before "--" into @texts. */
static gboolean
split (char   **argv,
       Texts   *texts,
       GError **error)
{
  g_autoptr(GOptionContext) context = create_context (texts);
  g_auto(GStrv) left = g_strdupv (argv);
  g_autoptr(GError) reason = NULL;

  if (!g_option_context_parse_strv (context, &left, &reason))
    {
      g_set_error (error, PGS_OPTIONS_ERROR, PGS_OPTIONS_ERROR_UNKNOWN,
                   _("%s. “pagescape --help” lists the options."), reason->message);
      return FALSE;
    }
  if (g_strv_length (left) > 1)
    {
      g_autofree char *word = g_filename_display_name (left[1]);

      g_set_error (error, PGS_OPTIONS_ERROR, PGS_OPTIONS_ERROR_UNKNOWN,
                   _("“%s” is not an option. To launch a program, write “--launch -- %s”; to "
                     "look at a process, “--pid PID”."), word, word);
      return FALSE;
    }
  return TRUE;
}

/* Takes the program behind "--" out of @argv, if there is a "--". */
static gboolean
cut_program (PgsOptions  *self,
             char       **argv,
             GError     **error)
{
  for (guint i = 1; argv[0] != NULL && argv[i] != NULL; i++)
    if (g_str_equal (argv[i], "--"))
      {
        if (argv[i + 1] == NULL || argv[i + 1][0] == '\0')
          {
            g_set_error_literal (error, PGS_OPTIONS_ERROR, PGS_OPTIONS_ERROR_MISSING,
                                 _("There is no program behind “--”: name one, or leave “--” out "
                                   "to launch the bundled prober."));
            return FALSE;
          }
        self->program = g_strdupv (argv + i + 1);
        for (char **word = argv + i; *word != NULL; word++)
          g_clear_pointer (word, g_free);
        break;
      }
  return TRUE;
}

static PgsOptions *
options_new (void)
{
  PgsOptions *self = g_new0 (PgsOptions, 1);

  self->width = PGS_EXPORT_DEFAULT_WIDTH;
  self->height = PGS_EXPORT_DEFAULT_HEIGHT;
  self->end = G_MAXUINT64;
  self->delay = PGS_OPTIONS_DEFAULT_DELAY;
  return self;
}

static char **
copy_words (int                argc,
            const char * const *argv)
{
  char **words = g_new0 (char *, argc + 1);

  for (int i = 0; i < argc; i++)
    words[i] = g_strdup (argv[i]);
  return words;
}

/**
 * pgs_options_parse:
 * @argc: how many words
 * @argv: the words of the command line, the program's own name first
 * @error: return location for a %PGS_OPTIONS_ERROR that says what to do
 *
 * Reads and checks the command line.
 *
 * Returns: (transfer full): what it asks for, or %NULL
 */
PgsOptions *
pgs_options_parse (int                 argc,
                   const char * const *argv,
                   GError            **error)
{
  g_autoptr(PgsOptions) self = options_new ();
  g_auto(GStrv) words = copy_words (argc, argv);
  g_auto(Texts) texts = { 0, };

  if (!cut_program (self, words, error) || !check_no_value (words, error) ||
      !split (words, &texts, error))
    return NULL;
  self->help = texts.help;
  self->version = texts.version;
  if (self->help || self->version)
    return g_steal_pointer (&self);
  if (!read_texts (self, &texts, error) || !check_together (self, &texts, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * pgs_options_free:
 * @self: (nullable): options
 *
 * Frees the options.
 */
void
pgs_options_free (PgsOptions *self)
{
  if (self == NULL)
    return;
  g_strfreev (self->program);
  g_free (self->export_path);
  g_free (self);
}

/**
 * pgs_options_has_range:
 *
 * Returns: whether only a part of the addresses is to be exported
 */
gboolean
pgs_options_has_range (const PgsOptions *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->start != 0 || self->end != G_MAXUINT64;
}

/**
 * pgs_options_dup_help:
 *
 * Returns: (transfer full): the text that --help prints
 */
char *
pgs_options_dup_help (void)
{
  g_auto(Texts) texts = { 0, };
  g_autoptr(GOptionContext) context = create_context (&texts);

  return g_option_context_get_help (context, TRUE, NULL);
}
