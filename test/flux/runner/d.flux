// run: csv
// then: SELECT 1 AS a, $$x$$ AS b UNION SELECT 2, $$y$$
x
