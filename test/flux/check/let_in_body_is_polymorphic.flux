// a name assigned in a body is polymorphic too
// run: diagnose
f = () => {
    id = (x) => x
    return {a: id(x: 1), b: id(x: "s")}
}
x = f().a + 1
y = f().b + "t"
