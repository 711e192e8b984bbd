// what http and http/requests do without a request: escapes, a header, a response as a table
import "array"
import "http"
import "http/requests"
import twin "experimental/http/requests"

response = {
    statusCode: 404,
    body: bytes(v: "{\"left\": 0}"),
    headers: ["X-Left": "0", "Content-Type": "application/json"],
    duration: 1ms500us,
}

array.from(
    rows: [
        {
            header: http.basicAuth(u: "ann", p: "p:w d"),
            plain: http.pathEscape(inputString: "a-b_c.d~9"),
            special: http.pathEscape(inputString: "50% off/now? (é)!"),
            config: display(v: requests.defaultConfig),
            twinConfig: display(v: twin.defaultConfig),
        },
    ],
)
    |> yield(name: "values")
requests.peek(response: response) |> yield(name: "peek")
twin.peek(response: response) |> yield(name: "twin")
