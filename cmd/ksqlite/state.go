package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/KimMachineGun/automemlimit/memlimit"
	"github.com/spf13/cobra"

	"github.com/ksqlite/ksqlite"
	"github.com/ksqlite/ksqlite/runtime/display"
	"github.com/ksqlite/ksqlite/runtime/state/disk"
)

// stateFlags say where the state of queries is kept.
type stateFlags struct {
	memory memoryFlag
	dir    string
}

// usualShare is the part of the machine's memory for state if nothing else is said, and
// usualMemory how much it is where nobody knows the machine's.
const (
	usualShare  = 4
	usualMemory = 1_000_000_000
)

// declare declares the flags.
func (f *stateFlags) declare(c *cobra.Command) {
	set := c.Flags()
	set.Var(&f.memory, "state-memory", "memory for the state of all queries, as `256MB` or 25%, beyond which it goes to disk (default 25% of the machine's)")
	set.StringVar(&f.dir, "state-dir", "", "a `folder` for state: snapshots, which make restarts fast, and what does not fit into memory")
	completeFolders(c, "state-dir")
	completeNothing(c, "state-memory")
}

// options are those of the engine.
func (f *stateFlags) options() []ksqlite.Option {
	memory := int64(f.memory)
	if memory == 0 {
		memory = usualMemory
		if machine, err := machineMemory(); err == nil {
			memory = max(int64(machine/usualShare), ksqlite.LeastStateMemory)
		}
	}
	return []ksqlite.Option{ksqlite.WithStateMemory(memory, disk.Open), ksqlite.WithStateDir(f.dir)}
}

// memoryFlag is a value of --state-memory in bytes.
type memoryFlag int64

func (f *memoryFlag) String() string { return "" }
func (f *memoryFlag) Type() string   { return "size" }

// units are the units of sizes: those of [display.Bytes], and the binary ones.
var units = map[string]float64{
	"KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12,
	"KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30, "TIB": 1 << 40,
}

var errMemory = fmt.Errorf("it has to be a size of at least %s in KB, MB, GB or TB (or KiB, MiB, GiB or TiB), such as 256MB, or a part of the machine's memory, such as 25%%",
	display.Bytes(ksqlite.LeastStateMemory))

// Set implements [pflag.Value].
func (f *memoryFlag) Set(text string) error {
	digits := strings.TrimRight(text, "KMGTIBkmgtib%")
	number, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
	if err != nil || !(number > 0) {
		return errMemory
	}
	unit := strings.ToUpper(text[len(digits):])
	factor, ok := units[unit]
	if unit == "%" {
		machine, err := machineMemory()
		if err != nil {
			return fmt.Errorf("how much memory the machine has is not known (%w), so it has to be a size, such as 256MB", err)
		}
		factor, ok = float64(machine)/100, number <= 100
	}
	bytes := number * factor
	if !ok || bytes < ksqlite.LeastStateMemory || bytes > 1<<60 {
		return errMemory
	}
	*f = memoryFlag(bytes)
	return nil
}

// machineMemory is how much memory the process can have: the machine's, or that of its container.
func machineMemory() (uint64, error) {
	system, err := memlimit.FromSystem()
	limit, failed := memlimit.FromCgroup()
	switch {
	case failed != nil || limit == 0: // no container, or one without a limit
		return system, err
	case err != nil:
		return limit, failed
	}
	return min(system, limit), nil
}
