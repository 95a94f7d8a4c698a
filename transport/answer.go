package transport

import (
	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

// answerFrame is what became of a command, for whoever sent it. It may be made
// in ok, to be used up before the next one.
func answerFrame(re string, a *actors.Answer, role acd.Role, ok *wire.Ok) wire.Event {
	if a.Refusal != nil {
		return refusalFrame(re, a.Refusal)
	}
	*ok = wire.Ok{Re: re, Already: a.Result.Already != "", Chat: string(a.Result.Chat), Transfer: a.Result.Transfer,
		Offer: string(a.Result.Offer), MessageSeq: a.Result.MessageSeq}
	if !a.Result.ExpiresAt.IsZero() {
		ok.ExpiresAt, ok.ExtensionsLeft = wire.At(a.Result.ExpiresAt), &a.Result.Left
	}
	if a.History != nil {
		ok.Page = &wire.Page{Messages: messageFrames(a.History.Messages, role), More: a.History.More,
			PreviousChat: string(a.History.Previous)}
	}
	for i := range a.Explain {
		ok.Decisions = append(ok.Decisions, decisionFrame(&a.Explain[i]))
	}
	answerAside(ok, a)
	return ok
}

// refusalFrame maps a refusal of the rules one to one; the codes are the same
// words on both sides.
func refusalFrame(re string, r *acd.Refusal) *wire.Error {
	e := &wire.Error{Re: re, Code: wire.ErrorCode(r.Code), Message: r.Text}
	d := wire.ErrorDetail{Reason: r.Reason, Max: r.Max, Got: r.Got, Characters: r.Chars}
	if e.Code == wire.CodeTaken {
		d.By, d.Reason = d.Reason, "" // the rules name who was faster
	}
	if r.Chars != "" {
		d.Index = &r.Index
	}
	if d != (wire.ErrorDetail{}) {
		e.Detail = &d
	}
	e.RetryAfterS = r.RetryAfter.Seconds()
	if e.Code == wire.CodeOverloaded || e.Code == wire.CodeRateLimited {
		e.RetryAfterS = 1
	}
	return e
}

func decisionFrame(d *actors.Decided) wire.Decision {
	out := wire.Decision{
		Queue: string(d.Queue), Chat: string(d.Chat), Offer: string(d.Offer), DecidedAt: wire.At(d.At), Strategy: string(d.Strategy), Winner: string(d.Winner),
		WinnerWhy: d.Why, PassedOver: make([]wire.PassedOver, 0, len(d.Passed)), ConfigVersion: d.Version, Step: d.Step,
	}
	for _, p := range d.Passed {
		out.PassedOver = append(out.PassedOver, wire.PassedOver{Agent: string(p.Agent), Why: p.Why})
	}
	for _, m := range d.More {
		if out.More == nil {
			out.More = make(map[string]int, len(d.More))
		}
		out.More[m.Why] += m.Count
	}
	return out
}
