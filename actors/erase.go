package actors

import (
	"fmt"

	"github.com/parley-engine/parley/actors/acd"
)

// ErrOpen refuses to erase a chat that is still going on.
var ErrOpen = &acd.Refusal{Code: acd.ErrBadState.Code, Text: "the chat has not ended yet"}

// Erase destroys the keys of a customer's ended chats, and with them all that
// was said in them and of the customer, wherever it lies. It names the chats
// that it erased and those that are still open.
func (p *Past) Erase(epoch uint64, customer acd.CustomerID) (erased, open []acd.ChatID, err error) {
	gone, open, err := p.erase(customer, p.writer(epoch))
	for _, s := range gone {
		erased = append(erased, s.Chat)
	}
	return erased, open, err
}

// writer hands entries to the journal of a store that nobody else writes to, and
// waits for each.
func (p *Past) writer(epoch uint64) func(Entry) error {
	return func(entry Entry) error {
		done := make(chan error, 1)
		entry.Epoch, entry.Done = epoch, func(err error) { done <- err }
		p.journal.Append(entry)
		return <-done
	}
}

func (p *Past) erase(customer acd.CustomerID, put func(Entry) error) (gone []Segment, open []acd.ChatID, err error) {
	for q := (Query{Customer: customer}); ; {
		page, next, err := p.History(q)
		if err != nil {
			return nil, nil, err
		}
		gone = append(gone, page...)
		if q.Cursor = next; next == nil {
			break
		}
	}
	from, to := rowRange(rowCustomer, string(customer))
	err = p.journal.Scan(from, to, func(k, _ []byte) error {
		_, chat := rowNames(k)
		open = append(open, acd.ChatID(chat))
		return nil
	})
	if err == nil {
		err = p.destroy(put, gone, Row{servedKey(customer), nil}, Row{unservedKey(customer), nil})
	}
	if err != nil {
		return nil, open, fmt.Errorf("erase %s: %w", customer, err)
	}
	return gone, open, nil
}

// EraseChat does the same for one chat, which has to be over.
func (p *Past) EraseChat(epoch uint64, chat acd.ChatID) error {
	_, err := p.eraseChat(chat, p.writer(epoch))
	return err
}

func (p *Past) eraseChat(chat acd.ChatID, put func(Entry) error) (gone Segment, err error) {
	var last *acd.Chat
	if err := p.Replay(chat, 0, func(m Moment) error { last = m.State; return nil }); err != nil {
		return gone, err
	}
	if last.Live() {
		return gone, ErrOpen
	}
	gone = segmentOf(last)
	if err := p.destroy(put, []Segment{gone}); err != nil {
		return gone, fmt.Errorf("erase %s: %w", chat, err)
	}
	return gone, nil
}

// destroy takes the keys of ended chats away. Rows of before names were sealed
// are written again without them.
func (p *Past) destroy(put func(Entry) error, gone []Segment, rows ...Row) error {
	if len(gone) == 0 {
		return nil
	}
	rows, err := p.wordless(rows, gone)
	if err != nil {
		return err
	}
	return put(Entry{Rows: rows})
}

// wordless adds the rows that destroy the keys of ended chats.
func (p *Past) wordless(rows []Row, gone []Segment) ([]Row, error) {
	for _, s := range gone {
		s.Name = ""
		amended, err := p.withoutNotes(s.Chat)
		if err != nil {
			return nil, err
		}
		rows = append(append(rows, amended...), Row{secretKey(s.Chat), nil}, Row{endedKey(s.EndedAt, s.Chat), mustEncode(s)})
	}
	return rows, nil
}

// Erase destroys what was said in a customer's ended chats; see Past.Erase.
func (e *Engine) Erase(customer acd.CustomerID) (erased, open []acd.ChatID, err error) {
	gone, open, err := e.Past().erase(customer, e.put)
	e.streams.get(customer.Stream()).reread()
	e.forgetWords(gone, e.everybody)
	for _, s := range gone {
		erased = append(erased, s.Chat)
	}
	return erased, open, err
}

// EraseChat destroys what was said in one ended chat; see Past.EraseChat.
func (e *Engine) EraseChat(chat acd.ChatID) error {
	gone, err := e.Past().eraseChat(chat, e.put)
	if err == nil {
		e.forgetWords([]Segment{gone}, e.everybody)
	}
	return err
}

// forgetWords lets the machines in memory be what their journals now say, and has
// read again what people are told again. Who is not in memory reads it there.
// Desks names those who may know words of a chat.
func (e *Engine) forgetWords(gone []Segment, desks func(*Segment) []acd.AgentID) {
	if len(gone) == 0 {
		return
	}
	chats := map[acd.Address]bool{}
	for i := range gone {
		chat := gone[i].Chat.Address()
		chats[chat] = true
		forget := &envelope{cmd: acd.Forget{Chat: gone[i].Chat}}
		e.directory.poke(chat, forget)
		for _, a := range desks(&gone[i]) {
			e.directory.poke(a.Address(), forget)
		}
	}
	e.streams.stale(chats)
}

// everybody is all who are configured: who was rung at is in no index.
func (e *Engine) everybody(*Segment) []acd.AgentID { return sortedKeys(e.Config().Agents) }
