// refused: an error names the calls around it
inner = (x) => 1 / x
outer = (x) => {
    y = inner(x: x)

    return y + 1
}

outer(x: 0)
