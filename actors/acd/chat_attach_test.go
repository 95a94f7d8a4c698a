package acd

import "testing"

func TestAnAttachmentStandsInThePlaceOfATextAndItsNameIsErasedWithIt(t *testing.T) {
	p := served(t)
	file := &Attachment{ID: "c1.f00", Type: "image/png", Size: 1234}
	out := p.must(kim, SendText{Text: "receipt.png", Attachment: file})
	m := out.Events[0].(MessageSent).Message
	if m.Attachment == nil || *m.Attachment != *file || m.Text != "receipt.png" {
		t.Errorf("sent %+v", m)
	}
	kept := journalled(out.Events[0]).(MessageSent).Message
	if kept.Text != "" || kept.Attachment == nil || *kept.Attachment != *file {
		t.Errorf("the journal keeps %+v", kept)
	}
}

func TestAChannelRefusesAttachmentsThatItDoesNotTake(t *testing.T) {
	p := served(t, func(c *Config) {
		c.Channels["livechat"].Attachments = AttachmentPolicy{MaxBytes: 100, Types: []string{"text/plain"}}
	})
	p.refused(kim, SendText{Text: "a", Attachment: &Attachment{ID: "x", Type: "image/png", Size: 1}},
		badState("this channel takes no attachments of type image/png"))
	p.refused(alice, SendText{Text: "a", Attachment: &Attachment{ID: "x", Type: "text/plain", Size: 101}},
		tooLong("the attachment is too big for this channel", 100, 101))
	p.refused(kim, SendText{Text: "a", Attachment: &Attachment{Type: "text/plain", Size: 1}}, ErrNotFound)
	p.must(kim, SendText{Text: "a", Attachment: &Attachment{ID: "x", Type: "text/plain", Size: 100}})
	p.config.Channels["livechat"].Attachments.MaxBytes = -1
	p.refused(kim, SendText{Text: "a", Attachment: &Attachment{ID: "x", Type: "text/plain", Size: 1}},
		badState("this channel takes no attachments"))
}
