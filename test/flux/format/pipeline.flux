// several steps stand one a line
// run: format
// modes: no
from(bucket:"b")|>range(start:-1h)|>yield()
