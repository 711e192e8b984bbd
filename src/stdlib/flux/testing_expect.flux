// package testing/expect
package expect


// Which planning rules a test meets is the planner's own affair here.
planner = (rules) => ({})
