package hub

// Sources counts the sources that the hub keeps decoders of.
func (h *Hub) Sources() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.decoders)
}
