/* pgs-texture.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Keeps what a painter drew as a texture, so that a moving pointer, a selection
 * or a flash never repaints the data. It is drawn again when anything of its
 * scene is another.
 */

#include "config.h"

#include "pgs-texture.h"

#include <math.h>

/* A scene, and what it borrows. */
typedef struct
{
  PgsScene    scene;
  PgsSummary *summary;
  PgsAxis    *axis;
} Kept;

struct _PgsTexture
{
  PgsTextureDraw  draw;     /* %NULL for ribbons */
  GdkTexture     *texture;
  Kept            kept[2];
  GArray         *only;
  double          height;
};

/**
 * pgs_texture_new:
 * @draw: (nullable): what draws it; %NULL for ribbons
 *
 * Returns: (transfer full): an empty texture
 */
PgsTexture *
pgs_texture_new (PgsTextureDraw draw)
{
  PgsTexture *self = g_new0 (PgsTexture, 1);

  self->draw = draw;
  return self;
}

static void
let_go (Kept *kept)
{
  g_clear_pointer (&kept->summary, pgs_summary_unref);
  g_clear_pointer (&kept->axis, pgs_axis_unref);
}

static void
keep (Kept           *kept,
      const PgsScene *scene)
{
  kept->scene = *scene;
  kept->summary = pgs_summary_ref ((PgsSummary *) scene->summary);
  kept->axis = pgs_axis_ref ((PgsAxis *) scene->axis);
}

static void
clear (PgsTexture *self)
{
  g_clear_object (&self->texture);
  let_go (&self->kept[0]);
  let_go (&self->kept[1]);
  g_clear_pointer (&self->only, g_array_unref);
}

/**
 * pgs_texture_free:
 *
 * Frees the texture.
 */
void
pgs_texture_free (PgsTexture *self)
{
  clear (self);
  g_free (self);
}

static gboolean
is_kept (const Kept     *kept,
         const PgsScene *scene)
{
  return kept->scene.summary == scene->summary && kept->scene.axis == scene->axis &&
         kept->scene.palette == scene->palette &&
         kept->scene.device_scale == scene->device_scale &&
         pgs_viewport_equal (&kept->scene.viewport, &scene->viewport);
}

static void
free_surface (gpointer data)
{
  cairo_surface_destroy (data);
}

/* Takes over the surface. */
static GdkTexture *
wrap_surface (cairo_surface_t *surface)
{
  int width = cairo_image_surface_get_width (surface);
  int height = cairo_image_surface_get_height (surface);
  int stride = cairo_image_surface_get_stride (surface);
  g_autoptr(GBytes) bytes = NULL;

  cairo_surface_flush (surface);
  bytes = g_bytes_new_with_free_func (cairo_image_surface_get_data (surface),
                                      (gsize) stride * (gsize) height, free_surface, surface);
  return gdk_memory_texture_new (width, height, GDK_MEMORY_DEFAULT, bytes, (gsize) stride);
}

static cairo_t *
start_painting (const PgsScene *scene,
                double          height)
{
  cairo_surface_t *surface =
    cairo_image_surface_create (CAIRO_FORMAT_ARGB32,
                                (int) ceil (scene->viewport.width * scene->device_scale),
                                (int) ceil (height * scene->device_scale));
  cairo_t *cr;

  cairo_surface_set_device_scale (surface, scene->device_scale, scene->device_scale);
  cr = cairo_create (surface);
  cairo_surface_destroy (surface);
  return cr;
}

/* Takes over the context. */
static void
finish_painting (PgsTexture *self,
                 cairo_t    *cr,
                 double      height)
{
  cairo_surface_t *surface = cairo_surface_reference (cairo_get_target (cr));

  cairo_destroy (cr);
  clear (self);
  self->texture = wrap_surface (surface);
  self->height = height;
}

static void
append (PgsTexture     *self,
        const PgsScene *scene,
        GtkSnapshot    *snapshot)
{
  graphene_rect_t bounds;

  graphene_rect_init (&bounds, 0, 0,
                      (float) (gdk_texture_get_width (self->texture) / scene->device_scale),
                      (float) (gdk_texture_get_height (self->texture) / scene->device_scale));
  gtk_snapshot_append_texture (snapshot, self->texture, &bounds);
}

/**
 * pgs_texture_snapshot:
 * @scene: what to draw
 * @height: how high, in pixels of the widget
 * @snapshot: where to add the texture
 *
 * Adds the texture at the origin, drawn anew only if the scene is another.
 */
void
pgs_texture_snapshot (PgsTexture     *self,
                      const PgsScene *scene,
                      double          height,
                      GtkSnapshot    *snapshot)
{
  if (self->texture == NULL || self->height != height || !is_kept (&self->kept[0], scene))
    {
      cairo_t *cr = start_painting (scene, height);

      self->draw (scene, cr, height);
      finish_painting (self, cr, height);
      keep (&self->kept[0], scene);
    }
  append (self, scene, snapshot);
}

static gboolean
is_current (const PgsTexture *self,
            const PgsRibbons *ribbons,
            double            height)
{
  return self->texture != NULL && self->height == height && self->only == ribbons->only &&
         is_kept (&self->kept[0], ribbons->pages) && is_kept (&self->kept[1], ribbons->frames);
}

/**
 * pgs_texture_snapshot_ribbons:
 * @ribbons: what to draw
 * @height: how high, in pixels of the widget
 * @snapshot: where to add the texture
 *
 * Adds ribbons at the origin, drawn anew only if they are others.
 */
void
pgs_texture_snapshot_ribbons (PgsTexture       *self,
                              const PgsRibbons *ribbons,
                              double            height,
                              GtkSnapshot      *snapshot)
{
  if (!is_current (self, ribbons, height))
    {
      cairo_t *cr = start_painting (ribbons->pages, height);

      pgs_ribbons_draw (ribbons, cr, height);
      finish_painting (self, cr, height);
      keep (&self->kept[0], ribbons->pages);
      keep (&self->kept[1], ribbons->frames);
      self->only = ribbons->only != NULL ? g_array_ref ((GArray *) ribbons->only) : NULL;
    }
  append (self, ribbons->pages, snapshot);
}
