/*
 * geo_shape.c
 *		Regions and paths on the unit sphere: what package "geo" measures.
 *
 * Nothing here is exact beyond double precision: a place a micrometre from a
 * border may be told to be on either side.
 */
#include "postgres.h"

#include <math.h>

#include "stdlib/geo_shape.h"

#define ROUNDING 1e-15

static FluxSpherePoint
minus(FluxSpherePoint a, FluxSpherePoint b)
{
	return (FluxSpherePoint){a.x - b.x, a.y - b.y, a.z - b.z};
}

static double
length_of(FluxSpherePoint a)
{
	return sqrt(flux_sphere_dot(a, a));
}

static double
determinant(FluxSpherePoint a, FluxSpherePoint b, FluxSpherePoint c)
{
	return flux_sphere_dot(flux_sphere_cross(a, b), c);
}

/* ---- parts of great circles ---- */

static bool
edges_cross(FluxSpherePoint a, FluxSpherePoint b, FluxSpherePoint c, FluxSpherePoint d)
{
	double acb = -determinant(a, b, c);
	double bda = determinant(a, b, d);
	double cbd = -determinant(c, d, b);
	double dac = determinant(c, d, a);

	return acb * bda > 0 && acb * cbd > 0 && acb * dac > 0;
}

static double
distance_to_edge(FluxSpherePoint p, FluxSpherePoint a, FluxSpherePoint b)
{
	FluxSpherePoint normal = flux_sphere_cross(a, b);
	double length = length_of(normal);

	/* between the planes through a and b that stand on the edge */
	if (length > 0 && determinant(normal, a, p) > 0 && determinant(normal, b, p) < 0)
		return fabs(asin(Max(-1.0, Min(1.0, flux_sphere_dot(normal, p) / length))));
	return Min(flux_sphere_angle(p, a), flux_sphere_angle(p, b));
}

/* To the nearest place of a line of points, closed or not. */
static double
distance_to_line(FluxSpherePoint p, const FluxSpherePoint *points, int count, bool is_closed)
{
	double nearest = flux_sphere_angle(p, points[0]);

	for (int i = 1; i < count + (is_closed ? 1 : 0); i++)
		nearest = Min(nearest, distance_to_edge(p, points[i - 1], points[i % count]));
	return nearest;
}

/* ---- polygons ---- */

void
flux_geo_orient(FluxGeoShape *polygon)
{
	FluxSpherePoint middle = {0, 0, 0};
	double sum = 0;

	for (int i = 0; i < polygon->count; i++)
		middle = minus(middle, minus((FluxSpherePoint){0, 0, 0}, polygon->points[i]));
	for (int i = 0; i < polygon->count; i++)
		sum += determinant(middle, polygon->points[i], polygon->points[(i + 1) % polygon->count]);
	polygon->turn = sum < 0 ? -1 : 1;
}

/* The angle at p from a to b, counter-clockwise. */
static double
angle_seen(FluxSpherePoint p, FluxSpherePoint a, FluxSpherePoint b)
{
	double along = flux_sphere_dot(a, b) - flux_sphere_dot(a, p) * flux_sphere_dot(b, p);

	return atan2(determinant(p, a, b), along);
}

/* Whether the border goes round p once, as it turns. */
static bool
polygon_contains(const FluxGeoShape *polygon, FluxSpherePoint p)
{
	double sum = 0;

	for (int i = 0; i < polygon->count; i++)
		sum += angle_seen(p, polygon->points[i], polygon->points[(i + 1) % polygon->count]);
	return sum * polygon->turn > M_PI;
}

/* ---- boxes ---- */

static bool
lon_within(double lon, double low, double high)
{
	return low <= high ? lon >= low && lon <= high : lon >= low || lon <= high;
}

static bool
box_contains(const FluxGeoShape *box, FluxLatLon place)
{
	return place.lat >= box->low.lat && place.lat <= box->high.lat &&
		   lon_within(place.lon, box->low.lon, box->high.lon);
}

/* To the part of a meridian between two latitudes. */
static double
distance_to_meridian(FluxSpherePoint p, const FluxGeoShape *box, double lon)
{
	return distance_to_edge(p, flux_sphere_point((FluxLatLon){box->low.lat, lon}),
							flux_sphere_point((FluxLatLon){box->high.lat, lon}));
}

static double
distance_to_box(const FluxGeoShape *box, FluxSpherePoint p)
{
	FluxLatLon place = flux_sphere_lat_lon(p);

	if (box_contains(box, place))
		return 0;
	if (lon_within(place.lon, box->low.lon, box->high.lon))
		return (place.lat < box->low.lat ? box->low.lat - place.lat : place.lat - box->high.lat) *
			   M_PI / 180.0;
	return Min(distance_to_meridian(p, box, box->low.lon),
			   distance_to_meridian(p, box, box->high.lon));
}

/* Whether an edge crosses a side of the box that is a parallel. */
static bool
edge_crosses_parallel(FluxSpherePoint a, FluxSpherePoint b, const FluxGeoShape *box, double lat)
{
	FluxSpherePoint normal = flux_sphere_cross(a, b);
	FluxSpherePoint top;
	double slope;
	double height = sin(lat * M_PI / 180.0);
	double sideways;

	if (normal.z < 0)
		normal = minus((FluxSpherePoint){0, 0, 0}, normal);
	slope = hypot(normal.x, normal.y);
	if (slope == 0)
		return false; /* along the equator */

	/* the highest place of the great circle, and how far from it the parallel is met */
	top = flux_sphere_cross(normal, flux_sphere_cross((FluxSpherePoint){0, 0, 1}, normal));
	top = (FluxSpherePoint){top.x / length_of(top), top.y / length_of(top), top.z / length_of(top)};
	if (fabs(height) >= top.z)
		return false;
	sideways = acos(height / top.z);
	for (int side = -1; side <= 1; side += 2)
	{
		FluxSpherePoint across = {-normal.y / slope, normal.x / slope, 0};
		FluxSpherePoint met = {cos(sideways) * top.x + side * sin(sideways) * across.x,
							   cos(sideways) * top.y + side * sin(sideways) * across.y,
							   cos(sideways) * top.z};

		if (distance_to_edge(met, a, b) < 1e-12 &&
			lon_within(flux_sphere_lat_lon(met).lon, box->low.lon, box->high.lon))
			return true;
	}
	return false;
}

static bool
edge_crosses_box(FluxSpherePoint a, FluxSpherePoint b, const FluxGeoShape *box)
{
	const double lons[2] = {box->low.lon, box->high.lon};

	for (int i = 0; i < 2; i++)
	{
		if (edges_cross(a, b, flux_sphere_point((FluxLatLon){box->low.lat, lons[i]}),
						flux_sphere_point((FluxLatLon){box->high.lat, lons[i]})))
			return true;
	}
	return edge_crosses_parallel(a, b, box, box->low.lat) ||
		   edge_crosses_parallel(a, b, box, box->high.lat);
}

/* ---- any region ---- */

/* Radians from a region to a place. */
static double
distance_to_place(const FluxGeoShape *region, FluxSpherePoint p)
{
	switch (region->kind)
	{
		case FLUX_GEO_POINT:
			return flux_sphere_angle(region->points[0], p);
		case FLUX_GEO_CIRCLE:
			return Max(0, flux_sphere_angle(region->points[0], p) - region->radius);
		case FLUX_GEO_BOX:
			return distance_to_box(region, p);
		case FLUX_GEO_POLYGON:
			if (polygon_contains(region, p))
				return 0;
			return distance_to_line(p, region->points, region->count, true);
		case FLUX_GEO_PATH:
			return distance_to_line(p, region->points, region->count, false);
	}
	return 0;
}

static bool
contains_place(const FluxGeoShape *region, FluxSpherePoint p)
{
	switch (region->kind)
	{
		case FLUX_GEO_BOX:
			return box_contains(region, flux_sphere_lat_lon(p));
		case FLUX_GEO_POLYGON:
			return polygon_contains(region, p);
		default:
			return distance_to_place(region, p) <= ROUNDING;
	}
}

bool
flux_geo_contains(const FluxGeoShape *region, const FluxGeoShape *geometry)
{
	for (int i = 0; i < geometry->count; i++)
	{
		if (!contains_place(region, geometry->points[i]))
			return false;
	}
	return true;
}

/* Whether an edge has a place in common with the border of a region. */
static bool
edge_crosses(const FluxGeoShape *region, FluxSpherePoint a, FluxSpherePoint b)
{
	if (region->kind == FLUX_GEO_BOX)
		return edge_crosses_box(a, b, region);
	for (int i = 0; i < region->count && region->kind == FLUX_GEO_POLYGON; i++)
	{
		if (edges_cross(a, b, region->points[i], region->points[(i + 1) % region->count]))
			return true;
	}
	return false;
}

/* From one edge of a path: an end of it is nearest, or a corner of the region. */
static double
distance_from_edge(const FluxGeoShape *region, FluxSpherePoint a, FluxSpherePoint b)
{
	double nearest = distance_to_place(region, b);

	if (edge_crosses(region, a, b))
		return 0;
	for (int i = 0; i < region->count; i++)
	{
		double distance = distance_to_edge(region->points[i], a, b);

		nearest = Min(nearest, region->kind != FLUX_GEO_CIRCLE ? distance
															   : Max(0, distance - region->radius));
	}
	return nearest;
}

double
flux_geo_distance(const FluxGeoShape *region, const FluxGeoShape *geometry)
{
	double nearest = distance_to_place(region, geometry->points[0]);

	for (int i = 1; i < geometry->count && nearest > 0; i++)
		nearest =
			Min(nearest, distance_from_edge(region, geometry->points[i - 1], geometry->points[i]));
	return nearest;
}

double
flux_geo_length(const FluxGeoShape *geometry)
{
	double sum = 0;

	for (int i = 1; i < geometry->count && geometry->kind == FLUX_GEO_PATH; i++)
		sum += flux_sphere_angle(geometry->points[i - 1], geometry->points[i]);
	return sum;
}

/* ---- cells ---- */

static bool
square_contains(const FluxS2Square *square, FluxSpherePoint p)
{
	for (int i = 0; i < 4; i++)
	{
		if (determinant(square->corners[i], square->corners[(i + 1) % 4], p) < -ROUNDING)
			return false;
	}
	return true;
}

/* Whether a region's own places, or one it surely has, are in the square. */
static bool
square_has_place_of(const FluxS2Square *square, const FluxGeoShape *region)
{
	for (int i = 0; i < region->count; i++)
	{
		if (square_contains(square, region->points[i]))
			return true;
	}
	if (region->kind != FLUX_GEO_BOX)
		return false;
	return square_contains(square, flux_sphere_point(region->low)) ||
		   square_contains(square, flux_sphere_point(region->high)) ||
		   square_contains(square,
						   flux_sphere_point((FluxLatLon){region->low.lat, region->high.lon})) ||
		   square_contains(square,
						   flux_sphere_point((FluxLatLon){region->high.lat, region->low.lon}));
}

bool
flux_geo_meets_cell(const FluxGeoShape *region, uint64 cell)
{
	FluxS2Square square;

	if (region->kind == FLUX_GEO_POINT)
		return flux_s2_cell_of_point(region->points[0], flux_s2_cell_level(cell)) == cell;
	square = flux_s2_cell_square(cell);
	if (contains_place(region, square.center) || square_has_place_of(&square, region))
		return true;
	for (int i = 0; i < 4; i++)
	{
		FluxSpherePoint a = square.corners[i];
		FluxSpherePoint b = square.corners[(i + 1) % 4];

		if (contains_place(region, a) || edge_crosses(region, a, b))
			return true;
		if (region->kind == FLUX_GEO_CIRCLE &&
			distance_to_edge(region->points[0], a, b) <= region->radius)
			return true;
	}
	return false;
}
