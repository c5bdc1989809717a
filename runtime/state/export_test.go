package state

// Used is how many bytes the stores hold in memory, and the disk for itself.
func (m *Memory) Used() int64 { return m.used.Load() }
