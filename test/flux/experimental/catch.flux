// experimental.catch
import "array"
import "experimental"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "experimental.catch(fn: () => 1 + 1).value", value: display(v: experimental.catch(fn: () => 1 + 1).value)},
        {expression: "experimental.catch(fn: () => die(msg: \"oh\")).code", value: display(v: experimental.catch(fn: () => die(msg: "oh")).code)},
        {expression: "experimental.catch(fn: () => 1 / 0).msg =~ /^cannot divide by zero/", value: display(v: experimental.catch(fn: () => 1 / 0).msg =~ /^cannot divide by zero/)},
        {expression: "exists experimental.catch(fn: () => 1).msg", value: display(v: exists experimental.catch(fn: () => 1).msg)},
        {expression: "experimental.catch(fn: () => experimental.catch(fn: () => die(msg: \"x\")).code).value", value: display(v: experimental.catch(fn: () => experimental.catch(fn: () => die(msg: "x")).code).value)},
    ],
)
