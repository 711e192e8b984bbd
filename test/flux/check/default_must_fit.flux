// a default that fits no instance is refused
// run: diagnose
f = (x="s") => x + 1
