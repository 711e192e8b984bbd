// a host that no superuser allowed is not asked, by whatever function
import "array"
import "csv"
import "experimental"
import twinCsv "experimental/csv"
import twinHttp "experimental/http"
import twin "experimental/http/requests"
import "http"
import "http/requests"

url = "http://api.example.com/v1"
config = {timeout: 5s, insecureSkipVerify: true}
say = (name, fn) => ({name: name, msg: experimental.catch(fn: fn).msg})
read = (tables) => tables |> findRecord(fn: (key) => true, idx: 0)

array.from(
    rows: [
        say(name: "http.post", fn: () => string(v: http.post(url: url, headers: {h: "v"}, data: bytes(v: "x")))),
        say(name: "http.get", fn: () => string(v: twinHttp.get(url: url, headers: {h: "v"}, timeout: 5s).statusCode)),
        say(
            name: "requests.do",
            fn: () =>
                string(
                    v: requests.do(
                        method: "PUT",
                        url: url,
                        body: bytes(v: "x"),
                        config: config,
                        headers: ["h": "v"],
                        params: ["a": ["1", "2"]],
                    ).statusCode,
                ),
        ),
        say(
            name: "requests.get",
            fn: () =>
                string(
                    v: requests.get(
                        url: url,
                        body: bytes(v: "x"),
                        config: config,
                        headers: ["h": "v"],
                        params: ["a": ["1"]],
                    ).statusCode,
                ),
        ),
        say(
            name: "requests.post",
            fn: () =>
                string(
                    v: requests.post(
                        url: url,
                        body: bytes(v: "x"),
                        config: config,
                        headers: ["h": "v"],
                        params: ["a": ["1"]],
                    ).statusCode,
                ),
        ),
        say(
            name: "twin do",
            fn: () =>
                string(
                    v: twin.do(
                        method: "GET",
                        url: url,
                        body: bytes(v: ""),
                        config: config,
                        headers: ["h": "v"],
                        params: ["a": ["1"]],
                    ).statusCode,
                ),
        ),
        say(
            name: "twin get",
            fn: () =>
                string(
                    v: twin.get(
                        url: url,
                        body: bytes(v: ""),
                        config: config,
                        headers: ["h": "v"],
                        params: ["a": ["1"]],
                    ).statusCode,
                ),
        ),
        say(
            name: "twin post",
            fn: () =>
                string(
                    v: twin.post(
                        url: url,
                        body: bytes(v: ""),
                        config: config,
                        headers: ["h": "v"],
                        params: ["a": ["1"]],
                    ).statusCode,
                ),
        ),
        say(
            name: "http.endpoint",
            fn: () =>
                string(
                    v: exists read(
                        tables: array.from(rows: [{a: 1}])
                            |> http.endpoint(url: url)(mapFn: (r) => ({headers: {h: "v"}, data: bytes(v: "x")}))(),
                    ),
                ),
        ),
        say(name: "csv.from", fn: () => string(v: exists read(tables: twinCsv.from(url: "${url}/data.csv")))),
    ],
)
