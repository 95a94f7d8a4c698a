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
	var gone []Segment
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
		err = p.destroy(epoch, gone, Row{servedKey(customer), nil}, Row{unservedKey(customer), nil})
	}
	if err != nil {
		return nil, open, fmt.Errorf("erase %s: %w", customer, err)
	}
	for _, s := range gone {
		erased = append(erased, s.Chat)
	}
	return erased, open, nil
}

// EraseChat does the same for one chat, which has to be over.
func (p *Past) EraseChat(epoch uint64, chat acd.ChatID) error {
	var last *acd.Chat
	if err := p.Replay(chat, 0, func(m Moment) error { last = m.State; return nil }); err != nil {
		return err
	}
	if last.Live() {
		return ErrOpen
	}
	if err := p.destroy(epoch, []Segment{segmentOf(last)}); err != nil {
		return fmt.Errorf("erase %s: %w", chat, err)
	}
	return nil
}

// destroy takes the keys of ended chats away. Rows of before names were sealed
// are written again without them.
func (p *Past) destroy(epoch uint64, gone []Segment, rows ...Row) error {
	if len(gone) == 0 {
		return nil
	}
	rows, err := p.wordless(rows, gone)
	if err != nil {
		return err
	}
	done := make(chan error, 1)
	p.journal.Append(Entry{Epoch: epoch, Rows: rows, Done: func(err error) { done <- err }})
	return <-done
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
	erased, open, err = e.Past().Erase(e.epoch, customer)
	for _, chat := range erased {
		e.forgetWords(chat, sortedKeys(e.Config().Agents))
	}
	return erased, open, err
}

// EraseChat destroys what was said in one ended chat; see Past.EraseChat.
func (e *Engine) EraseChat(chat acd.ChatID) error {
	err := e.Past().EraseChat(e.epoch, chat)
	if err == nil {
		e.forgetWords(chat, sortedKeys(e.Config().Agents))
	}
	return err
}

// forgetWords lets the machines in memory be what their journals now say. Who
// is not in memory reads it there.
func (e *Engine) forgetWords(chat acd.ChatID, agents []acd.AgentID) {
	forget := &envelope{cmd: acd.Forget{Chat: chat}}
	e.directory.poke(chat.Address(), forget)
	for _, a := range agents {
		e.directory.poke(a.Address(), forget)
	}
}
