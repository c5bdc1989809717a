# Everything here is for people who change ksqlite. To use it, Go is enough:
#   go run ./cmd/ksqlite        the shell
#   go test ./...               the tests

T     ?= 30s
BENCH ?= .
TOOL  := go tool -modfile=go.tools.mod
# Not in go.tools.mod: what it needs is ten times what the linter needs, and only a
# release needs it.
GORELEASER := go run github.com/goreleaser/goreleaser/v2@v2.12.7

.DEFAULT_GOAL := help
.PHONY: help build extras image snapshot release lint fmt test golden fuzz bench kafka registries corpus

help: ## say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build ./ksqlite, without a C compiler
	CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o ksqlite ./cmd/ksqlite

extras: ## write manual pages and completion scripts to ./extras
	rm -rf extras
	mkdir -p extras/completions
	go run ./cmd/ksqlite man extras/man
	go run ./cmd/ksqlite completion bash >extras/completions/ksqlite.bash
	go run ./cmd/ksqlite completion zsh >extras/completions/_ksqlite
	go run ./cmd/ksqlite completion fish >extras/completions/ksqlite.fish

image: ## build a container image of nothing but the binary (needs Docker)
	docker build -t ksqlite .

snapshot: ## build the release archives in ./dist and publish nothing
	$(GORELEASER) check
	$(GORELEASER) release --snapshot --clean

release: ## build and publish the release of the tag that is checked out
	$(GORELEASER) release --clean

lint: ## hold the style: gofumpt, vet, golangci-lint, a tidy go.mod
	@unformatted=$$($(TOOL) gofumpt -l .); test -z "$$unformatted" || { echo "gofumpt would change (make fmt):"; echo "$$unformatted"; exit 1; }
	go vet ./...
	$(TOOL) golangci-lint run
	go mod tidy -diff

fmt: ## format all files
	$(TOOL) golangci-lint fmt

test: ## run all tests, with the race detector
	go test -race -shuffle=on -timeout=40m ./...

golden: ## renew the golden files; read the diff
	go test -count=1 $$(grep -rl --include='*_test.go' cockroachdb/datadriven . | xargs -n1 dirname | sort -u) -rewrite

fuzz: ## run every fuzz test for T=30s
	@grep -r --include='*_test.go' -o '^func Fuzz[A-Za-z0-9_]*' . | while IFS=: read -r file decl; do \
		go test "$$(dirname "$$file")" -run='^$$' -fuzz="^$${decl#func }\$$" -fuzztime=$(T) || exit 1; \
	done

bench: ## run the benchmarks that match BENCH=., then the table of measures
	go test ./... -run='^$$' -bench='$(BENCH)' -benchmem
	go run ./tests/bench

kafka: ## fetch Apache Kafka into the user's cache, for the tests (needs Java and Maven)
	go run ./tests/kafka/fetch

registries: ## fetch a real schema registry and a client for Node, for the tests (needs Java, Maven, Node)
	go run ./tests/registry/fetch

corpus: ## run the tests that read a conformance corpus, and fail without one
	KSQLITE_REQUIRE_CORPUS=1 go test -count=1 $$(grep -rl --include='*_test.go' KSQLITE_REQUIRE_CORPUS . | xargs -n1 dirname | sort -u)
