// package and imports
// run: format
// modes: no
package main
import "math"
import m "date"
x = math.pi
