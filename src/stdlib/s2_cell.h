/*
 * s2_cell.h
 *		Points on the unit sphere and the cells of the S2 grid.
 *
 * The sphere is projected on the six faces of a cube, each a square that is
 * quartered 30 times; a cell is one such square, and its id is its place on a
 * curve through all of them.  A token is the id in hexadecimal without the
 * zeros at its end.
 */
#ifndef FLUX_S2_CELL_H
#define FLUX_S2_CELL_H

#include "base/text.h"

#define FLUX_S2_LEVEL_MAX 30
#define FLUX_S2_FACES 6

typedef struct FluxSpherePoint
{
	double x, y, z;
} FluxSpherePoint;

typedef struct FluxLatLon
{
	double lat; /* degrees */
	double lon; /* degrees */
} FluxLatLon;

/* What a cell is on the sphere. */
typedef struct FluxS2Square
{
	FluxSpherePoint center;
	FluxSpherePoint corners[4]; /* counter-clockwise, seen from outside */
} FluxS2Square;

/* ---- points ---- */
extern FluxSpherePoint flux_sphere_point(FluxLatLon place);
extern FluxLatLon flux_sphere_lat_lon(FluxSpherePoint point);
extern double flux_sphere_angle(FluxSpherePoint a, FluxSpherePoint b); /* radians */
extern double flux_sphere_dot(FluxSpherePoint a, FluxSpherePoint b);
extern FluxSpherePoint flux_sphere_cross(FluxSpherePoint a, FluxSpherePoint b);

/* ---- cells ---- */
extern uint64 flux_s2_cell_of_point(FluxSpherePoint point, int level);
extern uint64 flux_s2_cell_of_face(int face);
extern uint64 flux_s2_cell_parent(uint64 cell, int level);   /* level at most the cell's */
extern uint64 flux_s2_cell_child(uint64 cell, int position); /* 0 to 3; not of a leaf */
extern int flux_s2_cell_level(uint64 cell);
extern bool flux_s2_cell_is_valid(uint64 cell);
extern FluxS2Square flux_s2_cell_square(uint64 cell);

/* Palloc'd. */
extern FluxText flux_s2_cell_token(uint64 cell);

/* 0, which is no valid cell, for what is no token. */
extern uint64 flux_s2_cell_of_token(FluxText token);

#endif /* FLUX_S2_CELL_H */
