// every bitwise function, signed and unsigned
import "array"
import "bitwise"

array.from(
    rows: [
        {
            sand: bitwise.sand(a: 12, b: 10),
            sor: bitwise.sor(a: 12, b: 10),
            sxor: bitwise.sxor(a: 12, b: 10),
            sclear: bitwise.sclear(a: 12, b: 10),
            snot: bitwise.snot(a: 12),
            slshift: bitwise.slshift(a: -3, b: 4),
            srshift: bitwise.srshift(a: -48, b: 4),
            uand: bitwise.uand(a: uint(v: 12), b: uint(v: 10)),
            uor: bitwise.uor(a: uint(v: 12), b: uint(v: 10)),
            uxor: bitwise.uxor(a: uint(v: 12), b: uint(v: 10)),
            uclear: bitwise.uclear(a: uint(v: 12), b: uint(v: 10)),
            unot: bitwise.unot(a: uint(v: 12)),
            ulshift: bitwise.ulshift(a: uint(v: 3), b: uint(v: 4)),
            urshift: bitwise.urshift(a: uint(v: 48), b: uint(v: 4)),
        },
    ],
)
