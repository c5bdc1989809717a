package query

import "github.com/ksqlite/ksqlite/runtime/op"

// Cache has the tasks keep the changes of tables back until [Local.Flush]. It is called before
// any record is fed.
func (l *Local) Cache(bytes int64) {
	l.caches = &op.Budget{Limit: bytes}
	clear(l.tasks)
}

// Flush passes on what the tasks have kept back.
func (l *Local) Flush() error {
	for _, task := range l.tasks {
		if err := task.Flush(); err != nil {
			return err
		}
	}
	return nil
}
