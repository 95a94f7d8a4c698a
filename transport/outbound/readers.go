package outbound

import (
	"sync"

	"github.com/parley-engine/parley/actors/acd"
)

// readers are those who follow: so many at most, and of one principal fewer.
type readers struct {
	most, each int

	mu  sync.Mutex
	all int
	of  map[acd.Principal]int
}

// enter lets one more in, or none.
func (r *readers) enter(who acd.Principal) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.all >= r.most || r.of[who] >= r.each {
		return false
	}
	r.all++
	r.of[who]++
	return true
}

func (r *readers) leave(who acd.Principal) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all--
	if r.of[who]--; r.of[who] == 0 {
		delete(r.of, who)
	}
}

func (r *readers) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.all
}
