// an exact record has no other labels
// run: diagnose
r = {host: "a", value: 1.0}
x = r.hots
