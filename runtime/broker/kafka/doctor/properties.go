package doctor

import (
	"errors"

	"github.com/ksqlite/ksqlite/runtime/broker/kafka/credentials"
	"github.com/ksqlite/ksqlite/runtime/keystore"
)

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
