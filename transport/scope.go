package transport

import (
	"encoding/json"
	"strings"

	"github.com/parley-engine/parley/actors/acd"
)

// scopeClaim is the scope of a token: the queues that a supervisor oversees.
// Tokens of other roles may have one, which says nothing here.
type scopeClaim []string

// maxScope bounds the queues of one token.
const maxScope = 200

// UnmarshalJSON takes a list of names, or one text with spaces between them.
func (s *scopeClaim) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) == nil {
		*s = strings.Fields(text)
		return nil
	}
	var list []string
	if err := json.Unmarshal(b, &list); err != nil {
		return denied("scope is neither a list of queues nor a text")
	}
	*s = list
	return nil
}

// of is what the claim means for a role. A claim that names no queue is refused
// and not read as all of them.
func (s *scopeClaim) of(role acd.Role) (acd.Scope, error) {
	if s == nil || role != acd.RoleSupervisor {
		return "", nil
	}
	if len(*s) == 0 || len(*s) > maxScope {
		return "", denied("scope names %d queues, expected 1 to %d, or no scope for all of them", len(*s), maxScope)
	}
	queues := make([]acd.QueueID, 0, len(*s))
	for _, name := range *s {
		if name == "" || !printable(name) {
			return "", denied("scope has a name that is no queue's")
		}
		queues = append(queues, acd.QueueID(name))
	}
	return acd.ScopeOf(queues...), nil
}

// claimScope is the claim that says a supervisor's scope, absent for all
// queues, or the rights of a service.
func claimScope(id Identity) (*scopeClaim, error) {
	p := id.Principal
	switch {
	case p.Role == acd.RoleService:
		claim := scopeClaim{}
		for _, r := range id.Rights {
			claim = append(claim, string(r))
		}
		_, err := claim.rights(p.Role)
		return &claim, err
	case p.Scope == "":
		return nil, nil
	case p.Role != acd.RoleSupervisor:
		return nil, denied("a scope is for supervisors, not for the role %s", p.Role)
	}
	claim := scopeClaim{}
	for _, q := range p.Scope.Queues() {
		claim = append(claim, string(q))
	}
	_, err := claim.of(p.Role)
	return &claim, err
}
