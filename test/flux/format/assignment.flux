// a pipeline starts under its name
// run: format
// modes: no
x=from(bucket:"b")|>range(start:-1h)|>mean()
