// the option of a package keeps its type
// run: diagnose
import "planner"
import "math"
option planner.disableLogicalRules = ["a"]
option planner.disablePhysicalRules = 1
option planner.none = 1
option math.pi = 3.0
