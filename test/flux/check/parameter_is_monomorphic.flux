// a parameter has one type inside its function
// run: diagnose
f = (g) => ({a: g(v: 1), b: g(v: "s")})
