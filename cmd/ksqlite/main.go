// Command ksqlite runs ksqlDB's SQL over Kafka topics: as a shell, from script
// files, from the command line. Without an address it brings its own broker.
package main

import (
	"os"
	_ "time/tzdata" // time zones, also where the system has none
)

func main() { os.Exit(run(os.Args[1:])) }
