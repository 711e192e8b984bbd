// run: diagnose
// each use is told; names of the script hide those of the library
import "kafka"
import "socket"

a = kafka.to
b = () => socket.from(url: "tcp://localhost:1")
f = (kafka) => kafka.to
