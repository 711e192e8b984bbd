/*
 * s2_cell.c
 *		Points on the unit sphere and the cells of the S2 grid.
 *
 * An id is, from the top: three bits of face, two bits for each level that say
 * which quarter comes when the curve walks through the square, and one bit that
 * marks the end.  The curve enters a quarter turned or mirrored, so the order
 * of quarters depends on an orientation that is carried from level to level.
 *
 * Three coordinates of a face: (u, v) in [-1, 1], where the cube is touched by
 * the line from the centre; (s, t) in [0, 1], u and v bent so that cells are of
 * like area; (i, j), the leaf cell of s and t.
 */
#include "postgres.h"

#include <math.h>

#include "port/pg_bitutils.h"

#include "stdlib/s2_cell.h"

#define LEAVES (1 << FLUX_S2_LEVEL_MAX) /* along a side of a face */
#define DEGREE (M_PI / 180.0)

enum
{
	SWAPPED = 1, /* i and j change places */
	INVERTED = 2 /* both run backwards */
};

/* By orientation and place 2 * i + j: when the curve comes there; and back. */
static const uint8 curve_position[4][4] = {{0, 1, 3, 2}, {0, 3, 1, 2}, {2, 3, 1, 0}, {2, 1, 3, 0}};
static const uint8 curve_place[4][4] = {{0, 1, 3, 2}, {0, 2, 3, 1}, {3, 2, 0, 1}, {3, 1, 0, 2}};
static const uint8 curve_turn[4] = {SWAPPED, 0, 0, SWAPPED | INVERTED};

/* ---- points ---- */

FluxSpherePoint
flux_sphere_point(FluxLatLon place)
{
	double lat = place.lat * DEGREE;
	double lon = place.lon * DEGREE;

	return (FluxSpherePoint){cos(lat) * cos(lon), cos(lat) * sin(lon), sin(lat)};
}

FluxLatLon
flux_sphere_lat_lon(FluxSpherePoint point)
{
	return (FluxLatLon){
		.lat = atan2(point.z, hypot(point.x, point.y)) / DEGREE,
		.lon = atan2(point.y, point.x) / DEGREE,
	};
}

double
flux_sphere_dot(FluxSpherePoint a, FluxSpherePoint b)
{
	return a.x * b.x + a.y * b.y + a.z * b.z;
}

FluxSpherePoint
flux_sphere_cross(FluxSpherePoint a, FluxSpherePoint b)
{
	return (FluxSpherePoint){a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}

double
flux_sphere_angle(FluxSpherePoint a, FluxSpherePoint b)
{
	FluxSpherePoint normal = flux_sphere_cross(a, b);

	return atan2(sqrt(flux_sphere_dot(normal, normal)), flux_sphere_dot(a, b));
}

/* ---- faces ---- */

static double
bend(double u)
{
	return u >= 0 ? 0.5 * sqrt(1 + 3 * u) : 1 - 0.5 * sqrt(1 - 3 * u);
}

static double
unbend(double s)
{
	return s >= 0.5 ? (4 * s * s - 1) / 3 : (1 - 4 * (1 - s) * (1 - s)) / 3;
}

/* The face that the largest coordinate points to: x, y, z, -x, -y, -z. */
static int
face_of(FluxSpherePoint p)
{
	double x = fabs(p.x);
	double y = fabs(p.y);
	double z = fabs(p.z);

	if (x > y && x > z)
		return p.x < 0 ? 3 : 0;
	if (x <= y && y > z)
		return p.y < 0 ? 4 : 1;
	return p.z < 0 ? 5 : 2;
}

static void
face_coordinates(int face, FluxSpherePoint p, double *u, double *v)
{
	switch (face)
	{
		case 0:
			*u = p.y / p.x, *v = p.z / p.x;
			break;
		case 1:
			*u = -p.x / p.y, *v = p.z / p.y;
			break;
		case 2:
			*u = -p.x / p.z, *v = -p.y / p.z;
			break;
		case 3:
			*u = p.z / p.x, *v = p.y / p.x;
			break;
		case 4:
			*u = p.z / p.y, *v = -p.x / p.y;
			break;
		default:
			*u = -p.y / p.z, *v = -p.x / p.z;
	}
}

/* The point of the sphere at s and t, in leaves, of a face. */
static FluxSpherePoint
face_point(int face, double i, double j)
{
	double u = unbend(i / LEAVES);
	double v = unbend(j / LEAVES);
	double length = sqrt(1 + u * u + v * v);
	FluxSpherePoint p;

	switch (face)
	{
		case 0:
			p = (FluxSpherePoint){1, u, v};
			break;
		case 1:
			p = (FluxSpherePoint){-u, 1, v};
			break;
		case 2:
			p = (FluxSpherePoint){-u, -v, 1};
			break;
		case 3:
			p = (FluxSpherePoint){-1, -v, -u};
			break;
		case 4:
			p = (FluxSpherePoint){v, -1, -u};
			break;
		default:
			p = (FluxSpherePoint){v, u, -1};
	}
	return (FluxSpherePoint){p.x / length, p.y / length, p.z / length};
}

/* ---- ids ---- */

/* The bit that marks the end of an id of that level. */
static uint64
end_mark(int level)
{
	return UINT64CONST(1) << (2 * (FLUX_S2_LEVEL_MAX - level));
}

static int
leaf_of(double u)
{
	return (int) Max(0, Min(LEAVES - 1, floor(bend(u) * LEAVES)));
}

uint64
flux_s2_cell_of_point(FluxSpherePoint point, int level)
{
	int face = face_of(point);
	int orientation = face & SWAPPED;
	uint64 id = (uint64) face;
	double u;
	double v;
	int i;
	int j;

	face_coordinates(face, point, &u, &v);
	i = leaf_of(u);
	j = leaf_of(v);
	for (int bit = FLUX_S2_LEVEL_MAX - 1; bit >= 0; bit--)
	{
		int place = ((i >> bit) & 1) * 2 + ((j >> bit) & 1);
		int position = curve_position[orientation][place];

		id = id << 2 | (uint64) position;
		orientation ^= curve_turn[position];
	}
	return flux_s2_cell_parent(id << 1 | 1, level);
}

uint64
flux_s2_cell_of_face(int face)
{
	return (uint64) face << 61 | end_mark(0);
}

uint64
flux_s2_cell_parent(uint64 cell, int level)
{
	uint64 mark = end_mark(level);

	return (cell & (~mark + 1)) | mark;
}

uint64
flux_s2_cell_child(uint64 cell, int position)
{
	uint64 mark = end_mark(flux_s2_cell_level(cell));

	return cell - mark + (mark >> 2) * (uint64) (2 * position + 1);
}

int
flux_s2_cell_level(uint64 cell)
{
	return FLUX_S2_LEVEL_MAX - pg_rightmost_one_pos64(cell) / 2;
}

bool
flux_s2_cell_is_valid(uint64 cell)
{
	return cell != 0 && cell >> 61 < FLUX_S2_FACES && pg_rightmost_one_pos64(cell) % 2 == 0;
}

FluxS2Square
flux_s2_cell_square(uint64 cell)
{
	int face = (int) (cell >> 61);
	int level = flux_s2_cell_level(cell);
	int orientation = face & SWAPPED;
	int size = LEAVES >> level;
	int i = 0;
	int j = 0;

	for (int k = 0; k < level; k++)
	{
		int position = (int) (cell >> (2 * (FLUX_S2_LEVEL_MAX - k) - 1)) & 3;
		int place = curve_place[orientation][position];

		i = i * 2 + place / 2;
		j = j * 2 + place % 2;
		orientation ^= curve_turn[position];
	}
	i *= size;
	j *= size;
	return (FluxS2Square){
		.center = face_point(face, i + size / 2.0, j + size / 2.0),
		.corners = {face_point(face, i, j), face_point(face, i + size, j),
					face_point(face, i + size, j + size), face_point(face, i, j + size)},
	};
}

/* ---- tokens ---- */

FluxText
flux_s2_cell_token(uint64 cell)
{
	char *token = psprintf("%08x%08x", (uint32) (cell >> 32), (uint32) cell);
	int size = 16;

	while (size > 0 && token[size - 1] == '0')
		size--;
	return size == 0 ? flux_text_from_cstring("X") : flux_text(token, size);
}

uint64
flux_s2_cell_of_token(FluxText token)
{
	uint64 cell = 0;

	if (token.size < 1 || token.size > 16)
		return 0;
	for (int i = 0; i < 16; i++)
	{
		char c = i < token.size ? token.data[i] : '0';

		if (c >= '0' && c <= '9')
			cell = cell << 4 | (uint64) (c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			cell = cell << 4 | (uint64) ((c | 0x20) - 'a' + 10);
		else
			return 0;
	}
	return flux_s2_cell_is_valid(cell) ? cell : 0;
}
