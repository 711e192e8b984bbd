// builtin statements
// run: format
// modes: no
builtin f:(<-t:stream[A],?n:[string:int])=>{A with x:int} where A:Record
