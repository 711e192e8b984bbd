/*
 * plan_class_list.h
 *		Every plan class of execute: X(name) is flux_plan_<name>.
 */

/* no include guard: included with several X */
X(range)
X(filter)
X(map)
X(group)
X(group_extend)
X(window)
X(count)
X(sum)
X(mean)
X(spread)
X(stddev)
X(skew)
X(quantile)
X(median)
X(min)
X(max)
X(first)
X(last)
X(quantile_selector)
X(keep)
X(drop)
X(rename)
X(duplicate)
X(set)
X(set_record)
