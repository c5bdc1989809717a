package embedded

import (
	"math"
	"slices"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// This file keeps kfake from a fault: when a response is full in the middle of a
// partition, it leaves out which transactions were aborted there, and readers of
// committed records would take all of them. So no response is ever full: each partition
// gets its share of the room instead. What has no room in its share comes when the
// partition stands first, so their order goes round.

// shareFetches installs that.
func shareFetches(c *kfake.Cluster) {
	turn := 0
	control(c, kmsg.Fetch, func(q kmsg.Request) (kmsg.Response, bool) {
		if request, ok := q.(*kmsg.FetchRequest); ok && request.IsolationLevel == 1 && request.MaxBytes < math.MaxInt32 {
			turn++
			share(request, turn)
		}
		return nil, false
	})
}

// share divides the room in a response among the partitions, of which another one comes
// first each turn.
func share(q *kmsg.FetchRequest, turn int) {
	n := 0
	for i := range q.Topics {
		rotate(q.Topics[i].Partitions, turn)
		n += len(q.Topics[i].Partitions)
	}
	rotate(q.Topics, turn)
	for i := range q.Topics {
		for k := range q.Topics[i].Partitions {
			p := &q.Topics[i].Partitions[k]
			p.PartitionMaxBytes = min(p.PartitionMaxBytes, q.MaxBytes/int32(n))
		}
	}
	q.MaxBytes = math.MaxInt32
}

// rotate moves a list on by a number of places.
func rotate[T any](list []T, by int) {
	if len(list) > 1 {
		by %= len(list)
		copy(list, slices.Concat(list[by:], list[:by]))
	}
}
