/*
 * package_list.h
 *		The files of the library: X(name) is std_name.c, which has
 *		flux_std_name_register().
 */

/* no include guard: included with several X */
X(array)
X(bins)
X(bitwise)
X(csv)
X(date)
X(events)
X(gen)
X(generate)
X(geo)
X(hash)
X(http)
X(influxdb)
X(json)
X(math)
X(pagerduty)
X(regexp)
X(secrets)
X(sql)
X(strings)
X(system)
X(table)
X(testing)
X(transformations)
X(universe)
