package transport

import (
	"context"
	"errors"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

// greet answers hello: who is it, is there room for him, and what does he start
// from. Whatever fails is said in an error frame and in the close code.
func (c *conn) greet(h *wire.Hello) {
	token := h.Token
	if token == "" {
		token = c.bearer
	}
	c.bearer = ""
	id, e, code := c.identify(token)
	if e != nil {
		c.turnAway(h, e, code)
		return
	}
	if id.Principal.Role == acd.RoleService {
		c.turnAway(h, refusal(wire.CodeForbidden, "a service has no session: it asks over HTTP"), wire.CloseForbidden)
		return
	}
	o := &c.server.options
	c.who, c.limits = id.Principal, o.of(id.Principal.Role)
	if c.who.Name == "" {
		c.who.Name = agentName(o.Config(), c.who)
	}
	person, ok := c.server.people.signIn(c, c.limits)
	if !ok {
		c.turnAway(h, refusal(wire.CodeCapacity, "too many sessions of this principal"), wire.CloseTooManySessions)
		return
	}
	c.person = person
	c.believed.Store(&id)
	if o.Revoked(id) { // between the look at it and being on the list of who is here
		c.turnAway(h, refusal(wire.CodeUnauthenticated, revokedReason), wire.CloseUnauthenticated)
		return
	}
	session, w, err := c.open(h)
	if err != nil {
		e, code := c.openFailed(err)
		c.turnAway(h, e, code)
		return
	}
	c.session = session
	c.name = w.Session
	c.net.meter.allow(c.limits)
	c.ws.SetReadLimit(wire.MaxMessageBytes)
	c.server.metrics.opened(c.who.Role, w.Resumed, h.Resume != nil)
	c.opened.Store(&opened{w.Session, time.Now()}) // who has read welcome is on the list
	c.out.open(session, c.firstFrames(h, &w)...)
	c.beat.greeted(o.heartbeat(c.who.Role))
	c.beat.expires(id.Expires, o.TokenWarning)
	c.greeted.Store(true)
	c.log().Debug("session opened", "resumed", w.Resumed, "remote", c.addr.String())
	if c.server.draining.Load() {
		c.server.sendAway(c)
	}
}

// identify verifies a token.
func (c *conn) identify(token string) (Identity, *wire.Error, wire.CloseCode) {
	if token == "" {
		return Identity{}, refusal(wire.CodeUnauthenticated, "no token in hello nor in the handshake"), wire.CloseUnauthenticated
	}
	ctx, cancel := context.WithTimeout(context.Background(), c.server.options.OpenTimeout)
	defer cancel()
	id, err := c.server.Verify(ctx, token)
	if err == nil {
		return id, nil, 0
	}
	var auth *AuthError
	if errors.As(err, &auth) {
		c.server.options.Trail.NoteRejected(c.addr.String(), "sign_in")
		return Identity{}, refusal(wire.CodeUnauthenticated, auth.Reason), wire.CloseUnauthenticated
	}
	c.log().Error("token verification failed", "err", err)
	return Identity{}, refusal(wire.CodeInternal, "the token cannot be verified now"), wire.CloseInternalError
}

func (c *conn) open(h *wire.Hello) (Session, actors.Welcome, error) {
	hello := actors.Hello{
		Principal: c.who, Alerting: h.Alerting == nil || *h.Alerting,
		Address: c.addr.String(), Wake: c.wake, Evict: c.evict,
	}
	if h.Resume != nil {
		hello.Resume, hello.Epoch, hello.Seq = true, h.Resume.Epoch, h.Resume.Seq
	}
	ctx, cancel := context.WithTimeout(context.Background(), c.server.options.OpenTimeout)
	defer cancel()
	return c.server.options.Engine.Open(ctx, hello)
}

// openFailed tells a refusal from a failure.
func (c *conn) openFailed(err error) (*wire.Error, wire.CloseCode) {
	var r *acd.Refusal
	if errors.As(err, &r) {
		return refusalFrame("", r), wire.CloseForbidden
	}
	c.log().Error("session not opened", "err", err)
	return refusal(wire.CodeInternal, "the session cannot be opened now"), wire.CloseInternalError
}

func (c *conn) turnAway(h *wire.Hello, e *wire.Error, code wire.CloseCode) {
	e.Re = h.ID
	c.refuse(e)
	c.shut(code)
}

// firstFrames are welcome and, unless resumed, the snapshot.
func (c *conn) firstFrames(h *wire.Hello, w *actors.Welcome) []wire.Event {
	o := &c.server.options
	welcome := &wire.Welcome{
		Re: h.ID, Session: w.Session, Role: wire.Role(c.who.Role), Principal: c.who.ID, Name: c.who.Name,
		Epoch: w.Epoch, Seq: w.Seq, Resumed: w.Resumed, ServerTime: wire.At(time.Now()),
		HeartbeatS: int(o.heartbeat(c.who.Role) / time.Second), Limits: limitsFrame(c.who.Role, c.limits, o.Config()),
		ClosedBecause: closedBecause(w.ClosedBecause),
	}
	if o.Files != nil {
		welcome.Limits.Attachments = attachmentLimits(o.Config())
	}
	if w.Resumed || w.Snapshot == nil {
		return []wire.Event{welcome}
	}
	return []wire.Event{welcome, snapshotFrame(c.who, w.Seq, w.Snapshot)}
}

// closedBecause finds the code that a session's last connection ended with.
func closedBecause(text string) *wire.Closed {
	if text == "" {
		return nil
	}
	for _, code := range wire.CloseCodes() {
		if code.Text() == text {
			return &wire.Closed{Code: code, Text: text}
		}
	}
	return &wire.Closed{Code: wire.CloseGoingAway, Text: text}
}

// What the rules bound, for welcome to tell; they refuse by themselves.
const (
	notesChars = 4000
	openChats  = 3
)

// limitsFrame is what welcome publishes.
func limitsFrame(role acd.Role, l *RoleLimits, cfg *acd.Config) wire.Limits {
	out := wire.Limits{
		MessageBytes: wire.MaxMessageBytes, Frames: wire.DefaultFrames, Nesting: wire.DefaultNesting,
		IDChars: wire.MaxIDChars, HistoryMessages: wire.MaxHistory, Sessions: l.Sessions,
		UnansweredCommands: l.Unanswered, OutboundBytes: l.OutboundBytes, PerSecond: l.PerSecond, Burst: l.Burst,
	}
	out.AttributesBytes = maxAttributesBytes
	if role == acd.RoleCustomer {
		out.OpenChats = openChats
	} else {
		out.NotesChars = notesChars
	}
	if cfg == nil {
		return out
	}
	out.Text = make(map[string]wire.TextLimit, len(cfg.Channels))
	for name, ch := range cfg.Channels {
		t := wire.TextLimit{MaxChars: ch.MaxChars}
		if role != acd.RoleCustomer {
			t.Reserved = ch.ReservedChars
		}
		out.Text[string(name)] = t
	}
	return out
}

// attachmentLimits is what each channel takes, of those that take any file.
func attachmentLimits(cfg *acd.Config) map[string]wire.AttachmentLimit {
	if cfg == nil {
		return nil
	}
	out := make(map[string]wire.AttachmentLimit, len(cfg.Channels))
	for name := range cfg.Channels {
		if p := cfg.Attachments(name); p.MaxBytes > 0 {
			out[string(name)] = wire.AttachmentLimit{MaxBytes: p.MaxBytes, MediaTypes: p.Types}
		}
	}
	return out
}

// agentName is what the operator calls an agent whose token does not say.
func agentName(cfg *acd.Config, who acd.Principal) string {
	if cfg == nil || who.Role == acd.RoleCustomer {
		return ""
	}
	if a := cfg.Agents[acd.AgentID(who.ID)]; a != nil {
		return a.Name
	}
	return ""
}

// refresh takes a new token of the same principal.
func (c *conn) refresh(r *wire.Refresh) {
	id, e, _ := c.identify(r.Token)
	switch {
	case e != nil:
	case id.Principal.Stream() != c.who.Stream():
		e = refusal(wire.CodeForbidden, "a token of another principal")
	case id.Principal.Role != c.who.Role || id.Principal.Scope != c.who.Scope:
		e = refusal(wire.CodeForbidden, "a token with another role or scope: connect again with it")
	default:
		c.believed.Store(&id)
		c.beat.expires(id.Expires, c.server.options.TokenWarning)
		c.out.push(&wire.Ok{Re: r.ID, ExpiresAt: wire.At(id.Expires)})
		return
	}
	e.Re = r.ID
	c.refuse(e)
}
