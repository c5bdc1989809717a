package main

import (
	"fmt"
	"math/rand/v2"

	"github.com/ksqlite/ksqlite/planner/types"
)

// This file makes the two kinds of records that everything is measured with:
// people, three strings in about 92 bytes, and orders, eight columns one of
// which is a STRUCT of five, in about 222 bytes.

const (
	peopleColumns = "ID STRING, NAME STRING, TITLE STRING"
	orderColumns  = "ORDER_ID BIGINT, CUSTOMER STRING, PLACED_AT BIGINT, QUANTITY INT, PRICE DOUBLE, EXPRESS BOOLEAN, STATUS STRING, " +
		"SHIP_TO STRUCT<STREET STRING, CITY STRING, ZIP STRING, LAT DOUBLE, LON DOUBLE>"
)

func person(r *rand.Rand, i int) []byte {
	return fmt.Appendf(nil, `{"id":"%08x-%04x-4%03x-8%03x-%012x","name":"Person %05d","title":"Engineer %d"}`,
		r.Uint32(), r.Uint32()&0xffff, r.Uint32()&0xfff, r.Uint32()&0xfff, r.Uint64()&0xffffffffffff, i%100000, i%4)
}

func order(r *rand.Rand, i int) []byte {
	return fmt.Appendf(nil, `{"order_id":%d,"customer":"customer-%05d","placed_at":%d,"quantity":%d,"price":%.2f,"express":%t,"status":"%s",`+
		`"ship_to":{"street":"%d Analytical Row","city":"City %02d","zip":"%05d","lat":%.5f,"lon":%.5f}}`,
		1_000_000+i, r.IntN(100000), 1_700_000_000_000+int64(i)*17, i%4, r.Float64()*1000, i%2 == 0, []string{"new", "paid", "sent"}[i%3],
		r.IntN(999), r.IntN(100), r.IntN(100000), r.Float64()*180-90, r.Float64()*360-180)
}

// samples returns n records of a kind, always the same.
func samples(n int, record func(*rand.Rand, int) []byte) [][]byte {
	r := rand.New(rand.NewPCG(1, 2))
	all := make([][]byte, n)
	for i := range all {
		all[i] = record(r, i)
	}
	return all
}

// Columns of the two kinds, and the Go structs that encoding/json fills.
func peopleSchema() []types.Column {
	return []types.Column{{Name: "ID", Type: types.String}, {Name: "NAME", Type: types.String}, {Name: "TITLE", Type: types.String}}
}

func orderSchema() []types.Column {
	address := types.StructOf(
		types.Field{Name: "STREET", Type: types.String}, types.Field{Name: "CITY", Type: types.String}, types.Field{Name: "ZIP", Type: types.String},
		types.Field{Name: "LAT", Type: types.Double}, types.Field{Name: "LON", Type: types.Double})
	return []types.Column{
		{Name: "ORDER_ID", Type: types.Bigint},
		{Name: "CUSTOMER", Type: types.String},
		{Name: "PLACED_AT", Type: types.Bigint},
		{Name: "QUANTITY", Type: types.Int},
		{Name: "PRICE", Type: types.Double},
		{Name: "EXPRESS", Type: types.Boolean},
		{Name: "STATUS", Type: types.String},
		{Name: "SHIP_TO", Type: address},
	}
}

type personStruct struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Title string `json:"title"`
}

type orderStruct struct {
	OrderID  int64   `json:"order_id"`
	Customer string  `json:"customer"`
	PlacedAt int64   `json:"placed_at"`
	Quantity int32   `json:"quantity"`
	Price    float64 `json:"price"`
	Express  bool    `json:"express"`
	Status   string  `json:"status"`
	ShipTo   struct {
		Street string  `json:"street"`
		City   string  `json:"city"`
		Zip    string  `json:"zip"`
		Lat    float64 `json:"lat"`
		Lon    float64 `json:"lon"`
	} `json:"ship_to"`
}
