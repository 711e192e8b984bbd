// package profiler
package profiler


option enabledProfilers = [""]
