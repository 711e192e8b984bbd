// package date/boundaries
package boundaries


import "experimental/date/boundaries"

// Where these functions stood before; scripts of then go on.
yesterday = boundaries.yesterday

sunday = boundaries.sunday

monday = boundaries.monday

tuesday = boundaries.tuesday

wednesday = boundaries.wednesday

thursday = boundaries.thursday

friday = boundaries.friday

saturday = boundaries.saturday

month = boundaries.month

week = boundaries.week
