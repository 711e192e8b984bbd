/*
 * scan_group.c
 *		Groups of series that a scan adds up as one.
 *
 * A scan with a grouping visits the series of one group after another, and
 * within a group in the order in which they would come without.  Each goes on
 * where the one before has stopped: a window's total is taken up, the series'
 * points of that window are added to it one by one, and it is put back.  So
 * floats are added in the very order in which group() would have laid the
 * points down, and the sum is the same to the last bit (unless statistics of
 * segments are added up, as elsewhere).
 *
 * That takes a total for each window of one group at a time; a scan that would
 * need too many of them is not to be begun (flux_scan_windows_fit).
 */
#include "postgres.h"

#include "guc.h"
#include "storage/scan_group.h"

/* What an open window's string is taken for. */
#define WINDOW_STRING_BYTES 1024

/* The windows that touch the bounds; without a grid there is one. */
static int64
count_windows(const FluxScanSpec *spec, int64 *first)
{
	int64 last;

	*first = 0;
	if (spec->grid == NULL)
		return 1;
	if (!flux_grid_range(spec->grid, spec->bounds, first, &last))
		return 0;
	return last - *first + 1;
}

bool
flux_scan_windows_fit(const FluxScanSpec *spec)
{
	int64 limit = (int64) flux_guc_work_mem_kb * 1024 / 2;
	int64 depth = spec->grid == NULL ? 1 : flux_grid_depth(spec->grid);
	int64 open_bytes = sizeof(FluxScanWindow) + WINDOW_STRING_BYTES;
	int64 ignored;

	if (spec->grouping != NULL)
		limit -= Min(count_windows(spec, &ignored), limit / (int64) sizeof(FluxScanTotal) + 1) *
				 (int64) sizeof(FluxScanTotal);
	return limit >= 0 && depth <= Max(limit / open_bytes, 1);
}

FluxScanGroup *
flux_scan_group_create(const FluxScanSpec *spec)
{
	FluxScanGroup *group = palloc0(sizeof(FluxScanGroup));

	group->window_count = count_windows(spec, &group->first_index);
	group->totals =
		palloc_extended(sizeof(FluxScanTotal) * Max(group->window_count, 1), MCXT_ALLOC_HUGE);
	flux_scan_group_clear(group);
	return group;
}

void
flux_scan_group_clear(FluxScanGroup *group)
{
	memset(group->totals, 0, sizeof(FluxScanTotal) * group->window_count);
	group->given = 0;
	group->has_any = false;
}

void
flux_scan_collision_note(FluxScanCollision *collision, const FluxScanSeries *series,
						 FluxColumnType type_before)
{
	if (series->type == type_before ||
		(collision->series != NULL && flux_scan_series_compare(collision->series, series) < 0))
		return;
	collision->series = series;
	collision->type_before = type_before;
}

void
flux_scan_collision_refuse(const FluxScanCollision *collision, const FluxScanSpec *spec)
{
	if (collision->series != NULL)
		spec->refuse_types(spec->check_argument, collision->series->type, collision->type_before);
}

bool
flux_scan_grouping_has(const FluxScanGrouping *grouping, FluxText label)
{
	for (int i = 0; i < grouping->column_count; i++)
	{
		if (flux_text_equal(grouping->columns[i], label))
			return !grouping->is_except;
	}
	return grouping->is_except;
}

/* Index of the first tag at or after "tag" that tells groups apart. */
static int
next_telling_tag(const FluxScanGrouping *grouping, const FluxScanSeries *series, int tag)
{
	while (tag < series->tag_count && !flux_scan_grouping_has(grouping, series->tags[tag].key))
		tag++;
	return tag;
}

bool
flux_scan_same_group(const FluxScanGrouping *grouping, const FluxScanSeries *a,
					 const FluxScanSeries *b)
{
	int tag_a = -1;
	int tag_b = -1;

	if (flux_scan_grouping_has(grouping, flux_text("_measurement", 12)) &&
		!flux_text_equal(a->measurement, b->measurement))
		return false;
	if (flux_scan_grouping_has(grouping, flux_text("_field", 6)) &&
		!flux_text_equal(a->field, b->field))
		return false;
	for (;;)
	{
		tag_a = next_telling_tag(grouping, a, tag_a + 1);
		tag_b = next_telling_tag(grouping, b, tag_b + 1);
		if (tag_a == a->tag_count || tag_b == b->tag_count)
			return tag_a == a->tag_count && tag_b == b->tag_count;
		if (!flux_text_equal(a->tags[tag_a].key, b->tags[tag_b].key) ||
			!flux_text_equal(a->tags[tag_a].value, b->tags[tag_b].value))
			return false;
	}
}
