/*
 * std_geo.c
 *		What package "experimental/geo" cannot say in Flux: cells of the S2 grid,
 *		and what contains what, how far away.
 *
 * A region or geometry is a record whose members tell what it is: minLat ...
 * of a box; lat, lon of a point, with radius of a circle; points of a polygon;
 * linestring of a path, "lon lat, lon lat ...".  Distances are in the units of
 * the caller on a sphere of EARTH_RADIUS_KM.
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"

#include "evaluate/evaluator.h"
#include "stdlib/geo_shape.h"
#include "stdlib/registry.h"

#define EARTH_RADIUS_KM 6371.01
#define KM_PER_MILE 1.609344

/* Cells of a grid: a region that needs more is refused. */
#define GRID_CELLS_MAX 100000

/* Corners of a polygon or path. */
#define CORNERS_MAX 100000

/* ---- arguments ---- */

static FluxValue
require_member(FluxCall *call, const FluxRecord *record, const char *name, FluxKind kind)
{
	const FluxValue *value = flux_record_get(record, flux_text_from_cstring(name));

	if (value == NULL || value->is_null || value->kind != kind)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE, "geo.%s: member \"%s\" must be a %s",
						call->builtin->name, name, flux_kind_name(kind));
	return *value;
}

static double
float_member(FluxCall *call, const FluxRecord *record, const char *name)
{
	return require_member(call, record, name, FLUX_KIND_FLOAT).as.floating;
}

static FluxLatLon
lat_lon(FluxCall *call, const FluxRecord *record)
{
	return (FluxLatLon){.lat = float_member(call, record, "lat"),
						.lon = float_member(call, record, "lon")};
}

/* Units of the argument "units" in a radian. */
static double
units_per_radian(FluxCall *call)
{
	FluxText unit =
		require_member(call, flux_call_record(call, "units"), "distance", FLUX_KIND_STRING)
			.as.string;

	if (flux_text_equal_cstring(unit, "km"))
		return EARTH_RADIUS_KM;
	if (flux_text_equal_cstring(unit, "m"))
		return EARTH_RADIUS_KM * 1000;
	if (flux_text_equal_cstring(unit, "mile"))
		return EARTH_RADIUS_KM / KM_PER_MILE;
	flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
					"geo.%s: invalid distance unit \"%s\", expected \"m\", \"km\" or \"mile\"",
					call->builtin->name, flux_text_to_cstring(unit));
	return 0;
}

static void
read_polygon(FluxCall *call, const FluxArray *points, FluxGeoShape *shape)
{
	if (points->count < 3 || points->count > CORNERS_MAX)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
						"geo.%s: a polygon has 3 to %d points, got %d", call->builtin->name,
						CORNERS_MAX, points->count);
	shape->kind = FLUX_GEO_POLYGON;
	shape->points = palloc(points->count * sizeof(FluxSpherePoint));
	for (int i = 0; i < points->count; i++)
	{
		if (points->items[i].is_null || points->items[i].kind != FLUX_KIND_RECORD)
			flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
							"geo.%s: points must be records of lat and lon", call->builtin->name);
		shape->points[shape->count++] =
			flux_sphere_point(lat_lon(call, points->items[i].as.record));
	}
	flux_geo_orient(shape);
}

/* Reads "lon lat, lon lat ..." */
static void
read_path(FluxCall *call, FluxText text, FluxGeoShape *shape)
{
	char *rest = flux_text_to_cstring(text);
	int capacity = 1;

	for (const char *c = rest; *c != '\0'; c++)
		capacity += *c == ',';
	shape->kind = FLUX_GEO_PATH;
	shape->points = palloc(Min(capacity, CORNERS_MAX) * sizeof(FluxSpherePoint));
	for (;;)
	{
		char *middle;
		char *end;
		double lon = strtod(rest, &middle);
		double lat = strtod(middle, &end);

		end += strspn(end, " \t\r\n");
		if (middle == rest || end == middle || (*end != ',' && *end != '\0') ||
			shape->count == CORNERS_MAX)
			flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
							"geo.%s: invalid linestring \"%s\"", call->builtin->name,
							flux_text_to_cstring(text));
		shape->points[shape->count++] = flux_sphere_point((FluxLatLon){lat, lon});
		if (*end == '\0')
			return;
		rest = end + 1;
	}
}

static bool
has_member(const FluxRecord *record, const char *name)
{
	return flux_record_get(record, flux_text_from_cstring(name)) != NULL;
}

static FluxGeoShape
read_shape(FluxCall *call, const char *argument, double radian)
{
	const FluxRecord *record = flux_call_record(call, argument);
	FluxGeoShape shape = {0};

	if (has_member(record, "points"))
		read_polygon(call, require_member(call, record, "points", FLUX_KIND_ARRAY).as.array,
					 &shape);
	else if (has_member(record, "linestring"))
		read_path(call, require_member(call, record, "linestring", FLUX_KIND_STRING).as.string,
				  &shape);
	else if (has_member(record, "minLat"))
	{
		shape.kind = FLUX_GEO_BOX;
		shape.low.lat = float_member(call, record, "minLat");
		shape.low.lon = float_member(call, record, "minLon");
		shape.high.lat = float_member(call, record, "maxLat");
		shape.high.lon = float_member(call, record, "maxLon");
	}
	else
	{
		shape.count = 1;
		shape.points = palloc(sizeof(FluxSpherePoint));
		shape.points[0] = flux_sphere_point(lat_lon(call, record));
		if (has_member(record, "radius"))
		{
			shape.kind = FLUX_GEO_CIRCLE;
			shape.radius = float_member(call, record, "radius") / radian;
		}
	}
	return shape;
}

static FluxGeoShape
read_geometry(FluxCall *call, double radian)
{
	FluxGeoShape geometry = read_shape(call, "geometry", radian);

	if (geometry.kind != FLUX_GEO_POINT && geometry.kind != FLUX_GEO_PATH)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
						"geo.%s: geometry must be a point or a linestring", call->builtin->name);
	return geometry;
}

static uint64
read_token(FluxCall *call)
{
	FluxText token = flux_call_string(call, "token");
	uint64 cell = flux_s2_cell_of_token(token);

	if (cell == 0)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE, "geo.%s: invalid token \"%s\"",
						call->builtin->name, flux_text_to_cstring(token));
	return cell;
}

/* ---- cells ---- */

static FluxValue
geo_cell_token(FluxCall *call)
{
	int64 level = flux_call_int(call, "level");
	bool has_token = flux_call_find(call, "token") != NULL;
	uint64 cell;

	if (level < 1 || level > FLUX_S2_LEVEL_MAX)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
						"geo.s2CellIDToken: invalid level " INT64_FORMAT ", expected 1 to %d",
						level, FLUX_S2_LEVEL_MAX);
	if (has_token == (flux_call_find(call, "point") != NULL))
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
						"geo.s2CellIDToken: exactly one of token and point is required");
	if (!has_token)
		cell = flux_s2_cell_of_point(
			flux_sphere_point(lat_lon(call, flux_call_record(call, "point"))), (int) level);
	else
	{
		cell = read_token(call);
		if (flux_s2_cell_level(cell) < level)
			flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
							"geo.s2CellIDToken: cannot go from level %d down to " INT64_FORMAT,
							flux_s2_cell_level(cell), level);
		cell = flux_s2_cell_parent(cell, (int) level);
	}
	return flux_value_string(flux_s2_cell_token(cell));
}

static FluxValue
geo_level(FluxCall *call)
{
	return flux_value_int(flux_s2_cell_level(read_token(call)));
}

static FluxValue
geo_cell_lat_lon(FluxCall *call)
{
	FluxLatLon center = flux_sphere_lat_lon(flux_s2_cell_square(read_token(call)).center);
	FluxText keys[2] = {flux_text_from_cstring("lat"), flux_text_from_cstring("lon")};
	FluxValue values[2] = {flux_value_float(center.lat), flux_value_float(center.lon)};

	return flux_value_record(keys, values, 2);
}

/* ---- measures ---- */

static FluxValue
geo_contains(FluxCall *call)
{
	double radian = units_per_radian(call);
	FluxGeoShape region = read_shape(call, "region", radian);
	FluxGeoShape geometry = read_geometry(call, radian);

	return flux_value_bool(flux_geo_contains(&region, &geometry));
}

static FluxValue
geo_distance(FluxCall *call)
{
	double radian = units_per_radian(call);
	FluxGeoShape region = read_shape(call, "region", radian);
	FluxGeoShape geometry = read_geometry(call, radian);

	return flux_value_float(flux_geo_distance(&region, &geometry) * radian);
}

static FluxValue
geo_length(FluxCall *call)
{
	double radian = units_per_radian(call);
	FluxGeoShape geometry = read_geometry(call, radian);

	return flux_value_float(flux_geo_length(&geometry) * radian);
}

/* ---- grids ---- */

typedef struct Grid
{
	uint64 *cells;
	int count;
	int capacity;
} Grid;

static void
grid_add(FluxCall *call, Grid *grid, uint64 cell)
{
	if (grid->count == GRID_CELLS_MAX)
		flux_call_raise(call, ERRCODE_PROGRAM_LIMIT_EXCEEDED,
						"geo.getGrid: the grid has more than %d cells", GRID_CELLS_MAX);
	if (grid->count == grid->capacity)
	{
		grid->capacity = Max(64, grid->capacity * 2);
		grid->cells = grid->cells == NULL ? palloc(grid->capacity * sizeof(uint64))
										  : repalloc(grid->cells, grid->capacity * sizeof(uint64));
	}
	grid->cells[grid->count++] = cell;
}

/* The cells one level down that meet the region, in order. */
static Grid
grid_refine(FluxCall *call, const Grid *coarse, const FluxGeoShape *region)
{
	Grid fine = {0};

	for (int i = 0; i < coarse->count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int position = 0; position < 4; position++)
		{
			uint64 child = flux_s2_cell_child(coarse->cells[i], position);

			if (flux_geo_meets_cell(region, child))
				grid_add(call, &fine, child);
		}
	}
	return fine;
}

static FluxValue
grid_record(const Grid *grid, int level)
{
	FluxText keys[2] = {flux_text_from_cstring("level"), flux_text_from_cstring("set")};
	FluxValue values[2];
	FluxValue *tokens = palloc(Max(grid->count, 1) * sizeof(FluxValue));

	for (int i = 0; i < grid->count; i++)
		tokens[i] = flux_value_string(flux_s2_cell_token(grid->cells[i]));
	values[0] = flux_value_int(level);
	values[1] = flux_value_array(tokens, grid->count);
	return flux_value_record(keys, values, 2);
}

/*
 * All cells of one level that meet the region: of the level asked for, or of
 * the first that has minSize of them, as long as they are at most maxSize.
 */
static FluxValue
geo_grid(FluxCall *call)
{
	FluxGeoShape region = read_shape(call, "region", units_per_radian(call));
	int64 min_size = flux_call_int_or(call, "minSize", -1);
	int64 max_size = flux_call_int_or(call, "maxSize", -1);
	int64 level_asked = flux_call_int_or(call, "level", -1);
	int64 max_level = flux_call_int_or(call, "maxLevel", -1);
	Grid grid = {0};
	int level = 0;

	if (max_level < 0 || max_level > FLUX_S2_LEVEL_MAX)
		max_level = FLUX_S2_LEVEL_MAX;
	if (level_asked > max_level)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
						"geo.getGrid: level " INT64_FORMAT " is greater than " INT64_FORMAT,
						level_asked, max_level);
	for (int face = 0; face < FLUX_S2_FACES; face++)
	{
		if (flux_geo_meets_cell(&region, flux_s2_cell_of_face(face)))
			grid_add(call, &grid, flux_s2_cell_of_face(face));
	}
	while (level < (level_asked >= 0 ? level_asked : max_level) &&
		   (level_asked >= 0 || grid.count < min_size || (min_size < 0 && max_size > 0)))
	{
		Grid fine = grid_refine(call, &grid, &region);

		if (level_asked < 0 && max_size > 0 && fine.count > max_size)
			break;
		if (grid.cells != NULL)
			pfree(grid.cells);
		grid = fine;
		level++;
	}
	return grid_record(&grid, level);
}

#define SCALAR(name, function)                                                                     \
	{                                                                                              \
		"experimental/geo", name, FLUX_BUILTIN_SCALAR, function, .is_pure = true                   \
	}

static const FluxBuiltin builtins[] = {
	SCALAR("s2CellIDToken", geo_cell_token), SCALAR("s2CellLatLon", geo_cell_lat_lon),
	SCALAR("getLevel", geo_level),           SCALAR("getGrid", geo_grid),
	SCALAR("stContains", geo_contains),      SCALAR("stDistance", geo_distance),
	SCALAR("stLength", geo_length),
};

void
flux_std_geo_register(void)
{
	FLUX_REGISTER(builtins);
}
