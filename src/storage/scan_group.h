/*
 * scan_group.h
 *		Groups of series that a scan adds up as one.
 */
#ifndef FLUX_SCAN_GROUP_H
#define FLUX_SCAN_GROUP_H

#include "storage/scan_window.h"

typedef struct FluxScanGroup
{
	int64 first_index; /* of the windows that touch the bounds */
	int64 window_count;
	FluxScanTotal *totals; /* one for each of them */
	int64 given;           /* windows whose rows are out */
	bool has_any;          /* some point was found */
} FluxScanGroup;

/* In the current memory context, whose limit flux_scan_windows_fit() has judged. */
extern FluxScanGroup *flux_scan_group_create(const FluxScanSpec *spec);

/* Makes it ready for another group. */
extern void flux_scan_group_clear(FluxScanGroup *group);

/* A group whose series are of different types cannot be added up. */
typedef struct FluxScanCollision
{
	const FluxScanSeries *series; /* the earliest by key that is not as its group is; NULL: none */
	FluxColumnType type_before;   /* the group's */
} FluxScanCollision;

/* Looks at a series that has points, of a group of that type. */
extern void flux_scan_collision_note(FluxScanCollision *collision, const FluxScanSeries *series,
									 FluxColumnType type_before);

/* Raises what the spec's refuse_types() does, if there is one. */
extern void flux_scan_collision_refuse(const FluxScanCollision *collision,
									   const FluxScanSpec *spec);

/* Is a label among those whose values tell groups apart? */
extern bool flux_scan_grouping_has(const FluxScanGrouping *grouping, FluxText label);

/* Are two series of one group? */
extern bool flux_scan_same_group(const FluxScanGrouping *grouping, const FluxScanSeries *a,
								 const FluxScanSeries *b);

#endif /* FLUX_SCAN_GROUP_H */
