/*
 * geo_shape.h
 *		Regions and paths on the unit sphere: what package "geo" measures.
 *
 * A polygon's inside is the smaller side of its border, whichever way that
 * runs; its edges, as those of a path, are parts of great circles.  The sides
 * of a box are meridians and parallels.
 */
#ifndef FLUX_GEO_SHAPE_H
#define FLUX_GEO_SHAPE_H

#include "stdlib/s2_cell.h"

typedef enum FluxGeoKind
{
	FLUX_GEO_POINT,
	FLUX_GEO_BOX,
	FLUX_GEO_CIRCLE,
	FLUX_GEO_POLYGON,
	FLUX_GEO_PATH
} FluxGeoKind;

typedef struct FluxGeoShape
{
	FluxGeoKind kind;
	FluxLatLon low;  /* box: the corner in the south-west */
	FluxLatLon high; /* box: in the north-east; its lon may be the lesser number */
	double radius;   /* circle, radians */
	int count;
	FluxSpherePoint *points; /* point, circle: one; polygon, path: its corners */
	double turn;             /* polygon: 1 if it runs counter-clockwise, else -1 */
} FluxGeoShape;

/* Sets "turn" of a polygon whose points are there. */
extern void flux_geo_orient(FluxGeoShape *polygon);

/* Whether all corners of a point or path are inside a region or on its border. */
extern bool flux_geo_contains(const FluxGeoShape *region, const FluxGeoShape *geometry);

/* Radians from the region to the nearest place of a point or path; 0 if they meet. */
extern double flux_geo_distance(const FluxGeoShape *region, const FluxGeoShape *geometry);

/* Radians along a path; 0 for others. */
extern double flux_geo_length(const FluxGeoShape *geometry);

/* Whether a region and a cell may have a place in common: true if they have. */
extern bool flux_geo_meets_cell(const FluxGeoShape *region, uint64 cell);

#endif /* FLUX_GEO_SHAPE_H */
