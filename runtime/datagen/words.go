package datagen

// This file holds the words that values are made of. A library of made-up data was
// measured: it made the program a quarter larger, and its words change with its version.

var (
	firstNames = []string{
		"Ada", "Alan", "Barbara", "Claude", "Dennis", "Donald", "Dorothy", "Edsger", "Frances", "Grace", "Hedy", "Ivan",
		"Jean", "John", "Karen", "Katherine", "Ken", "Leslie", "Lynn", "Margaret", "Mary", "Niklaus", "Radia", "Robin",
		"Shafi", "Sophie", "Stephanie", "Tim", "Tony", "Yukihiro",
	}
	lastNames = []string{
		"Allen", "Backus", "Berners", "Conway", "Dijkstra", "Floyd", "Goldwasser", "Hamilton", "Hoare", "Hopper", "Iverson",
		"Jennings", "Johnson", "Kay", "Kernighan", "Knuth", "Lamarr", "Lamport", "Liskov", "Lovelace", "McCarthy", "Milner",
		"Perlman", "Ritchie", "Shannon", "Shirley", "Thompson", "Turing", "Vaughan", "Wirth",
	}
	cities = []string{
		"Accra", "Athens", "Bergen", "Bogotá", "Boston", "Cairo", "Cork", "Delhi", "Genoa", "Hamburg", "Istanbul", "Kyoto",
		"Lagos", "Leeds", "Lima", "Lyon", "Montreal", "Nairobi", "Oslo", "Perth", "Porto", "Quito", "Riga", "Seoul", "Split",
		"Tampere", "Utrecht", "Vienna", "Warsaw", "Zürich",
	}
	states = []string{"California", "Colorado", "Iowa", "Maine", "Nevada", "Ohio", "Oregon", "Texas", "Utah", "Vermont"}
	agents = []string{
		"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
		"curl/8.8.0",
	}
)
