// package internal/testutil
package testutil


import "internal/debug"

fail = () => die(msg: "fail")

makeAny = (typ) => debug.null(type: typ)

makeRecord = (o) => o

yield = (v=<-) => v
