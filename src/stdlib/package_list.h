/*
 * package_list.h
 *		The files of the library: X(name) is std_name.c, which has
 *		flux_std_name_register().
 */

/* no include guard: included with several X */
X(math)
X(regexp)
X(strings)
X(transformations)
X(universe)
X(influxdb)
X(csv)
X(sql)
X(http)
