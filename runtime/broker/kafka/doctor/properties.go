package doctor

import (
	"errors"
	"io/fs"

	"github.com/ksqlite/ksqlite/runtime/broker/kafka/credentials"
	"github.com/ksqlite/ksqlite/runtime/keystore"
)

// WrongProperties reports what an error says is wrong with properties, a finding for each line of it, and returns how many
// there are.
func WrongProperties(err error, report func(Finding)) (faults int) {
	list := []error{err}
	if joined, ok := errors.AsType[interface {
		error
		Unwrap() []error
	}](err); ok {
		list = joined.Unwrap()
	}
	for _, err := range list {
		fault := faultf(err, "correct that in the file of properties, or on the command line", "%v", err)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
			fault.Change = "name a file that can be read with --config-file"
		}
		report(Finding{Step: Properties, Fault: fault})
	}
	return len(list)
}

// propertyFault says what to change about a property that is wrong.
func propertyFault(err error) *FaultError {
	if missing, ok := errors.AsType[*credentials.MissingError](err); ok {
		return faultf(err, "set "+missing.Property+", or run ksqlite in a terminal, where it asks", "%v", err)
	}
	store, ok := errors.AsType[*keystore.PropertyError](err)
	if !ok {
		return faultf(err, "correct that property", "%v", err)
	}
	name, asks := store.Property, ", or run ksqlite in a terminal, where it asks"
	if store.Within != "" {
		name, asks = name+" in "+store.Within, ""
	}
	format, wrongFormat := errors.AsType[*keystore.FormatError](err)
	switch {
	case wrongFormat && format.Found != "":
		return faultf(err, "set "+name+" to "+string(format.Found)+", or leave it out", "%v", err)
	case errors.Is(err, keystore.ErrNoPassword):
		return faultf(err, "set "+name+asks, "%v", err)
	case errors.Is(err, keystore.ErrPassword):
		return faultf(err, "correct "+name, "%v", err)
	}
	return faultf(err, "correct "+name+", or the file", "%v", err)
}
