package disk

import (
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
	"github.com/cockroachdb/pebble/v2/sstable"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// space is a database with the entries of several tables: the key of each begins with
// the number of its table. It is written by adding whole sorted files, so that it
// needs no log and no memory for what is not written yet.
type space struct {
	folder *folder
	fs     vfs.FS
	db     *pebble.DB
	cache  *pebble.Cache
	tables int    // that are open; [Disk] counts them
	last   uint32 // number of a table

	mu     sync.Mutex
	merged *sync.Cond // merges has grown, or it has failed
	merges int
	fault  error // that ended it
	files  int   // number of those that were added
}

const (
	// fewestOverlaps and mostOverlaps are how many files a key may be in before they are
	// merged, and before whoever adds files has to wait for that.
	fewestOverlaps = 4
	mostOverlaps   = 16
	bitsPerKey     = 10
	// fileSize is how large merged files become. Each has one index, wholeIndex being larger
	// than any of those, which saves a third of the time of a look-up.
	fileSize   = 32 << 20
	wholeIndex = 1 << 20
	// unflushed is the memory for what is written without a file, which is nothing.
	unflushed = 256 << 10
)

// openSpace opens an empty space in a new folder in base.
func openSpace(base string, memory int64, fs vfs.FS) (*space, error) {
	folder, err := newFolder(base)
	if err != nil {
		return nil, fmt.Errorf("a folder for state cannot be made: %w", err)
	}
	s := &space{folder: folder, fs: newFiles(fs), cache: pebble.NewCache(memory)}
	s.merged = sync.NewCond(&s.mu)
	if s.db, err = pebble.Open(folder.path, s.options()); err != nil {
		s.cache.Unref()
		return nil, errors.Join(s.words(err), folder.close())
	}
	return s, nil
}

func (s *space) options() *pebble.Options {
	o := &pebble.Options{
		FS: s.fs, Cache: s.cache, DisableWAL: true, Logger: silent{s}, MemTableSize: unflushed,
		FormatMajorVersion: pebble.FormatNewest, L0CompactionThreshold: fewestOverlaps,
		CompactionConcurrencyRange: func() (lower, upper int) { return 1, max(1, runtime.NumCPU()/4) },
		EventListener: &pebble.EventListener{
			BackgroundError: s.fail,
			DataCorruption:  func(info pebble.DataCorruptionInfo) { s.fail(info.Details) },
			CompactionEnd:   func(pebble.CompactionInfo) { s.merge() },
		},
	}
	o.Experimental.ReadSamplingMultiplier = -1 // files are not merged because they are read
	for i := range o.Levels {
		o.Levels[i].IndexBlockSize = wholeIndex
		o.TargetFileSizes[i] = fileSize
		o.Levels[i].FilterPolicy = bloom.FilterPolicy(bitsPerKey)
		o.Levels[i].Compression = func() *sstable.CompressionProfile { return sstable.NoCompression }
	}
	return o
}

// fail notes what has gone wrong in the background.
func (s *space) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fault == nil {
		s.fault = s.words(err)
	}
	s.merged.Broadcast()
}

// words says where something has gone wrong.
func (s *space) words(err error) error { return fmt.Errorf("%s: %w", s.folder.path, err) }

// broken reports whether the space can be used no more.
func (s *space) broken() bool { return s.failed() != nil }

func (s *space) failed() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fault
}

// table returns a new table, which calls left when it is closed.
func (s *space) table(left func(*space) error) *table {
	s.tables++
	s.last++
	t := &table{space: s, left: left}
	t.from = binary.BigEndian.AppendUint32(nil, s.last)
	t.to = binary.BigEndian.AppendUint32(nil, s.last+1)
	return t
}

// file returns the name of another file to be added.
func (s *space) file() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files++
	return s.fs.PathJoin(s.folder.path, fmt.Sprintf("added-%d%s", s.files, suffix))
}

// merge notes that files were merged.
func (s *space) merge() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.merges++
	s.merged.Broadcast()
}

// await waits until a key is in few enough files.
func (s *space) await() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.fault == nil {
		seen := s.merges
		s.mu.Unlock() // which merge needs
		overlaps := s.db.Metrics().Levels[0].Sublevels
		s.mu.Lock()
		if overlaps < mostOverlaps {
			break
		}
		for s.fault == nil && s.merges == seen {
			s.merged.Wait()
		}
	}
	return s.fault
}

// close removes everything.
func (s *space) close() error {
	err := s.db.Close()
	s.cache.Unref()
	return errors.Join(err, s.folder.close())
}

// silent is a logger of nothing: what has gone wrong is told to whoever uses a table.
type silent struct{ space *space }

// Infof implements [pebble.Logger].
func (silent) Infof(string, ...any) {}

// Errorf implements [pebble.Logger].
func (silent) Errorf(string, ...any) {}

// Fatalf implements [pebble.Logger]: an invariant of the library does not hold, and it must
// not go on. In a goroutine of the library's own that ends the process, so the reason is
// logged, and told to the queries that wait, before.
func (l silent) Fatalf(format string, args ...any) {
	err := fmt.Errorf(format, args...)
	slog.Error("state on disk: " + err.Error())
	l.space.fail(err)
	panic(err)
}
