package datagen

import (
	"slices"
	"time"

	"github.com/ksqlite/ksqlite/planner/types"
)

const day = 24 * time.Hour

// address is where an order goes.
var address = types.StructOf(
	types.Field{Name: "city", Type: types.String},
	types.Field{Name: "state", Type: types.String},
	types.Field{Name: "zipcode", Type: types.Bigint},
)

// userFields are those that both kinds of users have.
var userFields = []field{
	{"registertime", types.Bigint, before(1000 * day)},
	{"userid", types.String, numbered("User_", 1, 9)},
	{"regionid", types.String, numbered("Region_", 1, 9)},
	{"gender", types.String, one("FEMALE", "MALE", "OTHER")},
}

// kinds is the table of what there is: what ksqlDB's quickstarts have, and people.
// Nothing changes it.
var kinds = []Kind{
	{Name: "users", About: "users with their region and gender", Key: "userid", fields: userFields},
	{
		Name: "users_", About: "users with an array and a map", Key: "userid",
		fields: append(slices.Clip(userFields), []field{
			{"interests", types.ArrayOf(types.String), some(2, "Books", "Games", "Movies", "Music", "News", "Sport", "Travel")},
			{"contactinfo", types.MapOf(types.String, types.String), contact},
		}...),
	},
	{
		Name: "pageviews", About: "views of pages by users", Key: "viewtime",
		fields: []field{
			{"viewtime", types.Bigint, now},
			{"userid", types.String, numbered("User_", 1, 9)},
			{"pageid", types.String, numbered("Page_", 10, 99)},
		},
	},
	{
		Name: "orders", About: "orders with the address they go to", Key: "orderid",
		fields: []field{
			{"ordertime", types.Bigint, now},
			{"orderid", types.Int, counted},
			{"itemid", types.String, numbered("Item_", 1, 999)},
			{"orderunits", types.Double, units},
			{"address", address, addressed},
		},
	},
	{
		Name: "people", About: "people with their titles", Key: "id", begin: choosePerson,
		fields: []field{
			{"id", types.String, uuid},
			{"name", types.String, fullName},
			{"title", types.String, one("Data Engineer", "Product Manager", "Staff Engineer", "Support Analyst", "Team Lead")},
		},
	},
	{
		Name: "ratings", About: "what passengers say of a flight", Key: "rating_id",
		fields: []field{
			{"rating_id", types.Bigint, countedBig},
			{"user_id", types.Int, between(1, 20)},
			{"stars", types.Int, between(1, 5)},
			{"route_id", types.Int, between(1, 9999)},
			{"rating_time", types.Bigint, now},
			{"channel", types.String, one("android", "ios", "ios-test", "web")},
			{"message", types.String, one(
				"Everything went well.", "The seats are narrow.", "Boarding took for ever.", "The crew was very kind.",
				"Where is my suitcase?", "I would fly with you again.", "The film was worth it.", "Cold food, warm drinks.",
			)},
		},
	},
	{
		Name: "clickstream", About: "requests to a web server, in sessions", Key: "ip", begin: goOnWithVisit,
		fields: []field{
			{"ip", types.String, visitIP},
			{"userid", types.Int, visitor},
			{"remote_user", types.String, one("-")},
			{"time", types.String, counted10},
			{"_time", types.Bigint, countedBig},
			{"request", types.String, one(
				"GET /index.html HTTP/1.1", "GET /images/logo.png HTTP/1.1", "GET /site/user_status.html HTTP/1.1",
				"GET /site/login.html HTTP/1.1", "GET /products HTTP/1.1", "POST /cart HTTP/1.1",
			)},
			{"status", types.Int, statusCode},
			{"bytes", types.Bigint, bytesSent},
			{"referrer", types.String, one("-", "https://www.example.com/", "https://search.example.org/?q=ksql")},
			{"agent", types.String, visitAgent},
		},
	},
	{
		Name: "clickstream_users", About: "the users of the clickstream", Key: "user_id", begin: choosePerson,
		fields: []field{
			{"user_id", types.Int, inTurn(visitors)},
			{"registered_at", types.Bigint, before(1000 * day)},
			{"username", types.String, userName},
			{"first_name", types.String, firstName},
			{"last_name", types.String, lastName},
			{"city", types.String, one(cities...)},
			{"level", types.String, one("Gold", "Platinum", "Silver")},
		},
	},
	{
		Name: "clickstream_codes", About: "the status codes of the clickstream", Key: "code",
		fields: []field{
			{"code", types.Int, codeInTurn},
			{"definition", types.String, definitionInTurn},
		},
	},
}

// Names returns the names of all kinds, in the order in which they are listed.
func Names() []string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.Name
	}
	return names
}

// Find returns the kind of that name.
func Find(name string) (*Kind, bool) {
	if i := slices.Index(Names(), name); i >= 0 {
		return &kinds[i], true
	}
	return nil, false
}
