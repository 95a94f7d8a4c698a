package report

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Figure numbers what is counted. The numbers are in stored rows: they are
// never changed nor used for something else.
type Figure uint8

// What is counted. Durations are in milliseconds.
const (
	Started           Figure = iota // chats
	Entered                         // stays in a queue, however they began
	EnteredOverflow                 // of them from another queue, after the longest wait
	EnteredTransfer                 // sent by an agent
	EnteredAgain                    // whoever served it was lost, or gave it back
	Answered                        //
	AnsweredWithin                  // the queue's threshold
	AnsweredWait                    // summed
	Abandoned                       //
	AbandonedWithin                 //
	AbandonedShort                  //
	AbandonedWait                   // summed
	Overflowed                      //
	Moved                           //
	Withdrawn                       //
	EndedWaiting                    //
	WaitMost                        // the longest wait of an answered or abandoned one; not summed
	Offers                          // that rang at an agent
	Accepted                        //
	RONA                            // offers that nobody answered
	Rejected                        //
	OffersVoid                      // that ended otherwise
	RingTime                        // of accepted offers
	Segments                        //
	TalkTime                        //
	Wrapups                         //
	WrapupTime                      //
	WrapupsByClock                  //
	TransfersWarm                   // asked for
	TransfersBlind                  //
	TransfersStay                   //
	TransfersDone                   //
	TransfersFailed                 //
	TransfersTaken                  // taken back by the sender
	TransfersReceived               // by the agent who accepted
	Invites                         //
	Conferences                     // invitations that were accepted
	Consults                        // side talks that came about
	EndedAgent                      // chats, by why they ended
	EndedCustomer                   //
	EndedAbandoned                  //
	EndedDisconnected               //
	EndedMaxWait                    //
	EndedRefused                    //
	EndedForced                     //
	EndedSource                     //
	EndedTransfer                   //
	EndedIdle                       //
	AlertingTime                    // in units of capacity, by when it passed
	ConnectedTime                   //
	WrapupOpenTime                  //
	SignedInTime                    // of an agent, by when it passed
	AvailableTime                   //
	NotReadyTime                    //
	RONATime                        //
	DrainingTime                    //
	Ratings                         //
	RatingSum                       //
	counted                         // how many there are
)

// Waits are counted by length, so that a service level can be had for another
// threshold than the queue's: one figure for each bound and one for beyond.
var bounds = [...]int64{5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1200}

const (
	answeredBy  = 80 // + index of the bound
	abandonedBy = 100
	figures     = 120
)

// Figures are the counts of one cell.
type Figures [figures]int64

// Add adds a count.
func (f *Figures) Add(which Figure, n int64) {
	if which == WaitMost {
		f[which] = max(f[which], n)
		return
	}
	f[which] += n
}

// Merge adds all of another's.
func (f *Figures) Merge(o *Figures) {
	for i, n := range o {
		if n != 0 {
			f.Add(Figure(i), n)
		}
	}
}

// Names of the figures, as reports show them; a time ends in _s and is shown in
// seconds.
var Names = [counted]string{
	Started: "started", Entered: "entered", EnteredOverflow: "entered_overflow", EnteredTransfer: "entered_transfer",
	EnteredAgain: "entered_again", Answered: "answered", AnsweredWithin: "answered_within", AnsweredWait: "answered_wait_s",
	Abandoned: "abandoned", AbandonedWithin: "abandoned_within", AbandonedShort: "abandoned_short", AbandonedWait: "abandoned_wait_s",
	Overflowed: "overflowed", Moved: "moved", Withdrawn: "withdrawn", EndedWaiting: "ended_waiting", WaitMost: "longest_wait_s",
	Offers: "offers", Accepted: "accepted", RONA: "rona", Rejected: "rejected", OffersVoid: "offers_void", RingTime: "ring_s",
	Segments: "segments", TalkTime: "talk_s", Wrapups: "wrapups", WrapupTime: "wrapup_s", WrapupsByClock: "wrapups_by_clock",
	TransfersWarm: "transfers_warm", TransfersBlind: "transfers_blind", TransfersStay: "transfers_stay", TransfersDone: "transfers_done",
	TransfersFailed: "transfers_failed", TransfersTaken: "transfers_cancelled", TransfersReceived: "transfers_received",
	Invites: "invites", Conferences: "conferences", Consults: "consults",
	EndedAgent: "ended_agent", EndedCustomer: "ended_customer", EndedAbandoned: "ended_abandoned", EndedDisconnected: "ended_disconnected",
	EndedMaxWait: "ended_max_wait", EndedRefused: "ended_queue_refused", EndedForced: "ended_forced", EndedSource: "ended_source_removed",
	EndedTransfer: "ended_transfer_failed", EndedIdle: "ended_customer_idle",
	AlertingTime: "alerting_s", ConnectedTime: "connected_s", WrapupOpenTime: "wrapup_open_s", SignedInTime: "signed_in_s",
	AvailableTime: "available_s", NotReadyTime: "not_ready_s", RONATime: "rona_s", DrainingTime: "draining_s",
	Ratings: "ratings", RatingSum: "rating_sum",
}

// CapacityTime is the time signed in times capacity. It is worked out when a
// report is made and never stored.
const CapacityTime Figure = figures - 1

// Encode writes figures down: number and count of each that is not zero.
func (f *Figures) Encode() []byte {
	b := make([]byte, 0, 96)
	for i, n := range f {
		if n != 0 {
			b = binary.AppendVarint(binary.AppendUvarint(b, uint64(i)), n)
		}
	}
	return b
}

// Decode reads what Encode has written.
func Decode(b []byte) (f Figures, err error) {
	for len(b) > 0 {
		i, n := binary.Uvarint(b)
		if n <= 0 || i >= figures {
			return f, fmt.Errorf("figures: no figure %d in this build", i)
		}
		v, m := binary.Varint(b[n:])
		if m <= 0 {
			return f, errors.New("figures: cut short")
		}
		f[i] = v
		b = b[n+m:]
	}
	return f, nil
}
