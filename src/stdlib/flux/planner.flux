// package planner
package planner


option disableLogicalRules = [""]

option disablePhysicalRules = [""]
