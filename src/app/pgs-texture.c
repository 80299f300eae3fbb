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

struct _PgsTexture
{
  PgsTextureDraw  draw;
  GdkTexture     *texture;
  PgsSummary     *summary;
  PgsAxis        *axis;
  PgsScene        scene;
  double          height;
};

/**
 * pgs_texture_new:
 * @draw: what draws it
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
clear (PgsTexture *self)
{
  g_clear_object (&self->texture);
  g_clear_pointer (&self->summary, pgs_summary_unref);
  g_clear_pointer (&self->axis, pgs_axis_unref);
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
is_current (const PgsTexture *self,
            const PgsScene   *scene,
            double            height)
{
  return self->texture != NULL && self->height == height &&
         self->scene.summary == scene->summary && self->scene.axis == scene->axis &&
         self->scene.palette == scene->palette &&
         self->scene.device_scale == scene->device_scale &&
         pgs_viewport_equal (&self->scene.viewport, &scene->viewport);
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

static void
paint (PgsTexture     *self,
       const PgsScene *scene,
       double          height)
{
  int width = (int) ceil (scene->viewport.width * scene->device_scale);
  cairo_surface_t *surface =
    cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width,
                                (int) ceil (height * scene->device_scale));
  cairo_t *cr;

  cairo_surface_set_device_scale (surface, scene->device_scale, scene->device_scale);
  cr = cairo_create (surface);
  self->draw (scene, cr, height);
  cairo_destroy (cr);

  clear (self);
  self->texture = wrap_surface (surface);
  self->scene = *scene;
  self->height = height;
  self->summary = pgs_summary_ref ((PgsSummary *) scene->summary);
  self->axis = pgs_axis_ref ((PgsAxis *) scene->axis);
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
  graphene_rect_t bounds;

  if (!is_current (self, scene, height))
    paint (self, scene, height);
  graphene_rect_init (&bounds, 0, 0,
                      (float) (gdk_texture_get_width (self->texture) / scene->device_scale),
                      (float) (gdk_texture_get_height (self->texture) / scene->device_scale));
  gtk_snapshot_append_texture (snapshot, self->texture, &bounds);
}
