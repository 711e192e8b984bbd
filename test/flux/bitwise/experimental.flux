// experimental/bitwise: the functions of bitwise under their first name
import "array"
import "experimental/bitwise"

array.from(
    rows: [
        {
            sand: bitwise.sand(a: 90, b: 60),
            sor: bitwise.sor(a: 90, b: 60),
            sxor: bitwise.sxor(a: 90, b: 60),
            sclear: bitwise.sclear(a: 90, b: 60),
            snot: bitwise.snot(a: 90),
            slshift: bitwise.slshift(a: -5, b: 2),
            srshift: bitwise.srshift(a: -20, b: 2),
            uand: bitwise.uand(a: uint(v: 90), b: uint(v: 60)),
            uor: bitwise.uor(a: uint(v: 90), b: uint(v: 60)),
            uxor: bitwise.uxor(a: uint(v: 90), b: uint(v: 60)),
            uclear: bitwise.uclear(a: uint(v: 90), b: uint(v: 60)),
            unot: bitwise.unot(a: uint(v: 90)),
            ulshift: bitwise.ulshift(a: uint(v: 5), b: uint(v: 2)),
            urshift: bitwise.urshift(a: uint(v: 20), b: uint(v: 2)),
        },
    ],
)
