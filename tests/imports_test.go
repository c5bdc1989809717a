package tests

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
)

// module is the import path that all of our own packages start with.
const module = "github.com/ksqlite/ksqlite"

// floors lists the floors of the house from the ground up. A package may
// import its own floor and the floors below it, never one above. The root
// package is the floor named "".
var floors = []string{"parser", "planner", "runtime", "", "repl", "cmd"}

// orders are the same rule once more within a floor: a package imports those before it.
var orders = [][]string{
	{"parser/source", "parser/ast", "parser"},
	{"repl/cells", "repl/terminal", "repl/prompt", "repl/complete", "repl/render", "repl/show", "repl/report", "repl"},
}

// fences names the libraries that only some of our packages may import, and
// the folders that may.
var fences = []struct {
	library string
	allowed []string
	reason  string
}{
	{
		library: "github.com/xwb1989/sqlparser",
		allowed: []string{"parser"},
		reason:  "the SQL core grammar stays behind parser's own tree",
	},
	{
		library: "github.com/chzyer/readline",
		allowed: []string{"repl/prompt"},
		reason:  "only the shell edits lines",
	},
	{
		library: "github.com/cockroachdb/pebble/v2",
		allowed: []string{"runtime/state/disk"},
		reason:  "a program whose state fits into memory carries no database",
	},
	{
		library: module + "/runtime/state/disk",
		allowed: []string{"cmd", "tests"},
		reason:  "whoever opens an engine opts for it",
	},
	{
		library: "github.com/twmb/franz-go",
		allowed: []string{"runtime/broker", "runtime/registry", "examples", "tests"},
		reason:  "everything else speaks to Kafka through runtime/broker, and to schema registries through runtime/registry",
	},
}

// The fences hold for what is imported; this holds for all that comes with it.
func TestRootCarriesNoDatabase(t *testing.T) {
	t.Parallel()
	list := exec.Command("go", "list", "-deps", module)
	list.Env = append(os.Environ(), "GOFLAGS=")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	for dependency := range strings.Lines(string(out)) {
		if within(strings.TrimSpace(dependency), "github.com/cockroachdb/pebble", "github.com/cockroachdb/pebble/v2", module+"/runtime/state/disk") {
			t.Errorf("the root package carries %s", dependency)
		}
	}
}

// vagueNames are package names that say nothing about what is inside.
var vagueNames = []string{"base", "common", "helper", "helpers", "misc", "shared", "util", "utils"}

// listedPackage is what `go list -json` tells about one package. Imports
// leaves those of test files out: a test may import anything.
type listedPackage struct {
	ImportPath string
	Imports    []string
}

// folder is the package's path below the module's root, "" for the root.
func (p listedPackage) folder() string {
	return folderOf(p.ImportPath)
}

// folderOf turns the import path of one of our packages into its folder.
func folderOf(importPath string) string {
	return strings.TrimPrefix(strings.TrimPrefix(importPath, module), "/")
}

// isOurs reports whether an import path lies in this module.
func isOurs(importPath string) bool {
	return importPath == module || strings.HasPrefix(importPath, module+"/")
}

// within reports whether folder is one of roots or lies below one of them.
func within(folder string, roots ...string) bool {
	return slices.ContainsFunc(roots, func(root string) bool {
		return folder == root || strings.HasPrefix(folder, root+"/")
	})
}

// floorOf returns the height of the floor that a folder belongs to, or false
// for the folders that stand beside the house (examples, tests).
func floorOf(folder string) (int, bool) {
	first, _, _ := strings.Cut(folder, "/")
	height := slices.Index(floors, first)
	return height, height >= 0
}

// floorName is a floor as the failure message calls it.
func floorName(height int) string {
	if floors[height] == "" {
		return "the root package"
	}
	return floors[height]
}

func TestImportsGoDownwards(t *testing.T) {
	t.Parallel()
	for _, p := range listPackages(t) {
		for _, fault := range floorFaults(p.folder(), p.Imports) {
			t.Error(fault)
		}
	}
}

func TestImportsKeepTheOrderOfTheirFloor(t *testing.T) {
	t.Parallel()
	for _, p := range listPackages(t) {
		for _, fault := range orderFaults(p.folder(), p.Imports) {
			t.Error(fault)
		}
	}
}

func TestLibrariesStayBehindTheirFence(t *testing.T) {
	t.Parallel()
	for _, p := range listPackages(t) {
		for _, fault := range fenceFaults(p.folder(), p.Imports) {
			t.Error(fault)
		}
	}
}

func TestExamplesUseTheRootPackageAlone(t *testing.T) {
	t.Parallel()
	for _, p := range listPackages(t) {
		if !within(p.folder(), "examples") {
			continue
		}
		for _, imported := range p.Imports {
			if isOurs(imported) && imported != module && !within(folderOf(imported), "examples") {
				t.Errorf("%s imports %s: an example shows the root package and nothing behind it", p.ImportPath, imported)
			}
		}
	}
}

func TestNoPackageImportsTests(t *testing.T) {
	t.Parallel()
	for _, p := range listPackages(t) {
		if within(p.folder(), "tests") {
			continue
		}
		for _, imported := range p.Imports {
			if isOurs(imported) && within(folderOf(imported), "tests", "examples") {
				t.Errorf("%s imports %s: only tests may import what is made for them", p.ImportPath, imported)
			}
		}
	}
}

func TestPackageNamesSayWhatIsInside(t *testing.T) {
	t.Parallel()
	for _, p := range listPackages(t) {
		for part := range strings.SplitSeq(p.folder(), "/") {
			if slices.Contains(vagueNames, part) {
				t.Errorf("package %s: a folder named %q says nothing about what is inside", p.ImportPath, part)
			}
		}
	}
}

// The rules themselves are tried on imports that break them, so that a test
// that finds nothing is known to look.
func TestRulesNameTheOffendingImport(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		faults  func(folder string, imports []string) []string
		folder  string
		imports []string
		want    string
	}{
		{
			"planner looks up", floorFaults, "planner/expr",
			[]string{module + "/runtime/eval"},
			"planner/expr imports runtime/eval: planner lies below runtime",
		},
		{
			"runtime looks at the door", floorFaults, "runtime/exec",
			[]string{module},
			`runtime/exec imports the root package: runtime lies below the root package`,
		},
		{
			"the tree knows its parser", orderFaults, "parser/ast",
			[]string{module + "/parser"},
			"parser/ast imports parser: the order is parser/source, parser/ast, parser",
		},
		{
			"a library leaks", fenceFaults, "planner",
			[]string{"github.com/xwb1989/sqlparser/dependency/sqltypes"},
			"planner imports github.com/xwb1989/sqlparser/dependency/sqltypes: only parser may (the SQL core grammar stays behind parser's own tree)",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := tt.faults(tt.folder, tt.imports)
			if !slices.Equal(got, []string{tt.want}) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// floorFaults names the imports of a folder that lead to a floor above it.
func floorFaults(folder string, imports []string) []string {
	own, ok := floorOf(folder)
	if !ok {
		return nil
	}
	var faults []string
	for _, imported := range imports {
		if !isOurs(imported) {
			continue
		}
		if other, ok := floorOf(folderOf(imported)); ok && other > own {
			faults = append(faults, fmt.Sprintf("%s imports %s: %s lies below %s",
				shortName(folder), shortName(folderOf(imported)), floorName(own), floorName(other)))
		}
	}
	return faults
}

// orderFaults names the imports that go upwards within a floor.
func orderFaults(folder string, imports []string) []string {
	var faults []string
	for _, order := range orders {
		own := slices.Index(order, folder)
		if own < 0 {
			continue
		}
		for _, imported := range imports {
			if isOurs(imported) && slices.Index(order, folderOf(imported)) > own {
				faults = append(faults, fmt.Sprintf("%s imports %s: the order is %s",
					folder, folderOf(imported), strings.Join(order, ", ")))
			}
		}
	}
	return faults
}

// fenceFaults names the imports of libraries that a folder may not use.
func fenceFaults(folder string, imports []string) []string {
	var faults []string
	for _, fence := range fences {
		if within(folder, fence.allowed...) {
			continue
		}
		for _, imported := range imports {
			if within(imported, fence.library) {
				faults = append(faults, fmt.Sprintf("%s imports %s: only %s may (%s)",
					shortName(folder), imported, strings.Join(fence.allowed, ", "), fence.reason))
			}
		}
	}
	return faults
}

// shortName is a folder as the failure messages call it.
func shortName(folder string) string {
	if folder == "" {
		return "the root package"
	}
	return folder
}

// listPackages returns all packages of the module.
func listPackages(t *testing.T) []listedPackage {
	t.Helper()
	packages, err := goList()
	if err != nil {
		t.Fatal(err)
	}
	return packages
}

// goList asks the go tool once for all tests. GOFLAGS is cleared, since flags
// meant for this test run (-race) are not meant for it.
var goList = sync.OnceValues(func() ([]listedPackage, error) {
	list := exec.Command("go", "list", "-e", "-json=ImportPath,Imports", module+"/...")
	list.Env = append(os.Environ(), "GOFLAGS=")
	var stderr bytes.Buffer
	list.Stderr = &stderr
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w\n%s", err, stderr.String())
	}

	var packages []listedPackage
	for decoder := json.NewDecoder(bytes.NewReader(out)); decoder.More(); {
		var p listedPackage
		if err := decoder.Decode(&p); err != nil {
			return nil, fmt.Errorf("reading what go list printed: %w", err)
		}
		packages = append(packages, p)
	}
	return packages, nil
})
