package acd

// reweigh follows a chat that takes another share of his capacity than before:
// none while its customer is silent, and its own again when he writes, whatever
// has been given out meanwhile.
func (s *agentStep) reweigh(slot *agentSlot, row SlotRow) {
	weight := max(row.Weight, 0)
	if weight > slot.Weight {
		slot.granted = 0 // nobody asked whether it fits
	}
	slot.Weight = weight
}
