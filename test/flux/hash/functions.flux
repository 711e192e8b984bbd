// hash
import "array"
import "contrib/qxip/hash"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "hash.md5(v: \"hello\")", value: display(v: hash.md5(v: "hello"))},
        {expression: "hash.sha1(v: \"hello\")", value: display(v: hash.sha1(v: "hello"))},
        {expression: "hash.sha256(v: \"hello\")", value: display(v: hash.sha256(v: "hello"))},
        {expression: "hash.b64(v: \"helloworld\")", value: display(v: hash.b64(v: "helloworld"))},
        {expression: "hash.hmac(v: \"helloworld\", k: \"123456\")", value: display(v: hash.hmac(v: "helloworld", k: "123456"))},
        {expression: "hash.xxhash64(v: \"Hello, world!\")", value: display(v: hash.xxhash64(v: "Hello, world!"))},
        {expression: "hash.xxhash64(v: \"\")", value: display(v: hash.xxhash64(v: ""))},
    ],
)
