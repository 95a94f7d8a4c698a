package acd

// index finds who waits by the name of his chat. It is a table of pointers with
// some bits of each name's hash beside them, probed in line: a third of what a
// map weighs, it shrinks again, and growing never takes long, since each of its
// parts grows by itself.
//
// The order in which somebody stands in it means nothing, so nothing ever walks
// through it but a check.
type index struct {
	parts [64]*indexPart
	n     int
}

type indexPart struct {
	marks []uint32 // of the names; 0 is nobody
	slots []*waiter
	used  int
}

// indexLeast is the size below which a part does not shrink.
const indexLeast = 16

// home is the part of a name and its mark there.
func (x *index) home(chat ChatID) (part **indexPart, mark uint32) {
	h := hashName(string(chat))
	return &x.parts[h%uint64(len(x.parts))], uint32(h>>32) | 1
}

// hashName spreads names, eight bytes at a time. The names of chats are made by the
// node: nobody can choose such as would fall together.
func hashName(s string) uint64 {
	h := uint64(len(s))
	for ; len(s) >= 8; s = s[8:] {
		h = mix(h ^ (uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56))
	}
	var rest uint64
	for i := range len(s) {
		rest |= uint64(s[i]) << (8 * i)
	}
	return mix(h ^ rest)
}

func mix(h uint64) uint64 {
	h = (h ^ h>>32) * 0x9e3779b97f4a7c15
	return h ^ h>>29
}

func (x *index) len() int { return x.n }

// get returns nil for a chat that does not wait.
func (x *index) get(chat ChatID) *waiter {
	part, mark := x.home(chat)
	p := *part
	if p == nil {
		return nil
	}
	if i, there := p.find(mark, chat); there {
		return p.slots[i]
	}
	return nil
}

// put adds w, in place of an entry of the same chat.
func (x *index) put(w *waiter) {
	part, mark := x.home(w.Chat)
	if *part == nil {
		*part = &indexPart{}
	}
	p := *part
	if 8*(p.used+1) > 7*len(p.marks) {
		p.resize(p.used + p.used/4 + 8)
	}
	i, there := p.find(mark, w.Chat)
	if !there {
		p.used++
		x.n++
	}
	p.marks[i], p.slots[i] = mark, w
}

// drop takes a chat out, if it is there.
func (x *index) drop(chat ChatID) {
	part, mark := x.home(chat)
	p := *part
	if p == nil {
		return
	}
	i, there := p.find(mark, chat)
	if !there {
		return
	}
	x.n--
	p.used--
	p.vacate(i)
	if p.used < len(p.marks)/4 && len(p.marks) > indexLeast {
		p.resize(p.used + p.used/4 + 8)
	}
}

// all calls f for everybody, in no order at all.
func (x *index) all(f func(*waiter)) {
	for _, p := range x.parts {
		if p == nil {
			continue
		}
		for i, mark := range p.marks {
			if mark != 0 {
				f(p.slots[i])
			}
		}
	}
}

// first is where a mark is looked for first. The order of marks and of their first
// places is the same whatever the size, which may be any.
func (p *indexPart) first(mark uint32) int { return int(uint64(mark) * uint64(len(p.marks)) >> 32) }

// apart is how far one has to go from a slot to another.
func (p *indexPart) apart(from, to int) int {
	if to < from {
		to += len(p.marks)
	}
	return to - from
}

// find returns the slot of a chat, or the vacant one where it belongs.
func (p *indexPart) find(mark uint32, chat ChatID) (slot int, there bool) {
	if len(p.marks) == 0 {
		return 0, false
	}
	for i := p.first(mark); ; {
		switch p.marks[i] {
		case 0:
			return i, false
		case mark:
			if p.slots[i].Chat == chat {
				return i, true
			}
		}
		if i++; i == len(p.marks) {
			i = 0
		}
	}
}

// vacate empties a slot, and closes the gap for those who were put behind it.
func (p *indexPart) vacate(hole int) {
	size := len(p.marks)
	for i := hole; ; {
		if i++; i == size {
			i = 0
		}
		mark := p.marks[i]
		if mark == 0 {
			break
		}
		if p.apart(p.first(mark), i) >= p.apart(hole, i) {
			p.marks[hole], p.slots[hole] = mark, p.slots[i]
			hole = i
		}
	}
	p.marks[hole], p.slots[hole] = 0, nil
}

// resize makes room for so many, an eighth of it vacant.
func (p *indexPart) resize(room int) {
	old := *p
	size := room*8/7 + 1
	p.marks, p.slots = make([]uint32, size), make([]*waiter, size)
	for i, mark := range old.marks {
		if mark == 0 {
			continue
		}
		at := p.first(mark)
		for p.marks[at] != 0 {
			if at++; at == size {
				at = 0
			}
		}
		p.marks[at], p.slots[at] = mark, old.slots[i]
	}
}
