// refused: unknown time zone "nowhere"
import "array"
import "date"
import "timezone"

array.from(rows: [{value: display(v: timezone.location(name: "nowhere"))}])
