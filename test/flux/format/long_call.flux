// arguments that do not fit stand one a line
// run: format
// modes: no
aggregateWindow(every: task.every, fn: mean, createEmpty: false, column: "_value", timeSrc: "_stop", timeDst: "_time")
