package op

import "github.com/ksqlite/ksqlite/runtime/data"

// outlet collects the records that an operator makes and pushes them on some at a time: one
// record may make millions, which need not be in memory together, and while it does
// so its query can be stopped.
type outlet struct {
	ctx   *Context
	next  Input
	batch data.Batch
	mark  data.Mark
}

// perPush is how many records an outlet pushes at once.
const perPush = 512

// begin forgets what was there.
func (o *outlet) begin() {
	o.batch.Records = o.batch.Records[:0]
	o.hold()
}

// hold says that what has been taken from the arena so far is still needed when the next
// records are pushed. What is taken after it has to be in those alone.
func (o *outlet) hold() { o.mark = o.ctx.Frame.Arena.Mark() }

// add adds a record.
func (o *outlet) add(record data.Record) error {
	if o.batch.Records = append(o.batch.Records, record); len(o.batch.Records) < perPush {
		return nil
	}
	if err := o.push(); err != nil || o.ctx.Pause == nil {
		return err
	}
	return o.ctx.Pause(o.mark)
}

// push pushes what there is.
func (o *outlet) push() error {
	if len(o.batch.Records) == 0 {
		return nil
	}
	err := o.next.Push(&o.batch)
	o.batch.Records = o.batch.Records[:0]
	return err
}
