package functions

import (
	"fmt"
	"math"
	"strings"

	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/functions/javamath"
)

func geography() []Function {
	return []Function{{
		Name: "GEO_DISTANCE", Label: "geo_distance",
		Doc: "Returns the distance of two places on the surface of the earth, a sphere, in kilometres or miles.",
		Args: []Arg{
			{"lat1", "The latitude of the first place in degrees; a NULL is an error."},
			{"lon1", "Its longitude."},
			{"lat2", "The latitude of the second place."},
			{"lon2", "Its longitude."},
			{"units", "KM or MI, or kilometer or mile in full; kilometres unless given."},
		},
		Overloads: []Overload{
			call("(lat1 DOUBLE, lon1 DOUBLE, lat2 DOUBLE, lon2 DOUBLE, units STRING) DOUBLE", geoDistance).refuseNulls(),
			call("(lat1 DOUBLE, lon1 DOUBLE, lat2 DOUBLE, lon2 DOUBLE) DOUBLE", geoDistance).refuseNulls(),
		},
		Examples: []Example{
			{"ROUND(GEO_DISTANCE(52.52e0, 13.405e0, 48.137e0, 11.575e0), 1)", "504.3e0"},
			{"ROUND(GEO_DISTANCE(52.52e0, 13.405e0, 48.137e0, 11.575e0, 'miles'), 1)", "313.4e0"},
			{"GEO_DISTANCE(91e0, 0e0, 0e0, 0e0)", Fails},
		},
	}}
}

const (
	earthRadiusKilometres = 6371
	earthRadiusMiles      = 3959
)

// geoDistance is the haversine formula.
func geoDistance(_ *Env, args []data.Value) (data.Value, error) {
	radius := float64(earthRadiusKilometres)
	if len(args) == 5 {
		var err error
		if radius, err = earthRadius(args[4].Text()); err != nil {
			return data.Null, err
		}
	}
	for i, limit := range []float64{90, 180, 90, 180} {
		if v := args[i].Float64(); !(math.Abs(v) <= limit) {
			return data.Null, fmt.Errorf("%v is no %s", v, [...]string{"latitude", "longitude"}[i%2])
		}
	}
	lat1, lat2 := args[0].Float64(), args[2].Float64()
	sinLat := javamath.Sin(radians(lat2-lat1) / 2)
	sinLon := javamath.Sin(radians(args[3].Float64()-args[1].Float64()) / 2)
	h := sinLat*sinLat + sinLon*sinLon*javamath.Cos(radians(lat1))*javamath.Cos(radians(lat2))
	return data.Double(2 * javamath.Asin(math.Sqrt(h)) * radius), nil
}

// earthRadius returns the radius of the earth in a unit.
func earthRadius(units string) (float64, error) {
	switch strings.ToLower(units) {
	case "km", "kilometer", "kilometers", "kilometre", "kilometres":
		return earthRadiusKilometres, nil
	case "mi", "mile", "miles":
		return earthRadiusMiles, nil
	}
	return 0, fmt.Errorf("unknown unit of distance '%s': it is kilometers or miles", strings.ToValidUTF8(units, "?"))
}
