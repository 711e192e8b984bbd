// one step stays on the line
// run: format
// modes: no
data |> yield( name : "x" )
