package acd

// Attachment is a file that stands in the place of a text. The file itself is
// kept elsewhere; what a message has of it is who may ask for it and what it
// is. Its name is the message's text, so that erasing the text erases it too.
type Attachment struct {
	ID   string `cbor:"1,keyasint"`
	Type string `cbor:"2,keyasint"` // as it was found to be, whatever its sender said
	Size int64  `cbor:"3,keyasint"`
}

// AttachmentPolicy is what a channel takes.
type AttachmentPolicy struct {
	MaxBytes int64    // 10 MiB; negative takes none
	Types    []string // images, PDF and plain text
}

// The defaults of a channel.
const attachmentBytes = 10 << 20

var attachmentTypes = []string{"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "text/plain"}

// Attachments is what a channel takes.
func (c *Config) Attachments(ch Channel) AttachmentPolicy {
	p := c.channel(ch).Attachments
	if p.MaxBytes == 0 {
		p.MaxBytes = attachmentBytes
	}
	if len(p.Types) == 0 {
		p.Types = attachmentTypes
	}
	return p
}

// Takes says why a file is not taken, or nil. Size below zero is not known yet.
func (p AttachmentPolicy) Takes(mediaType string, size int64) error {
	switch {
	case p.MaxBytes <= 0:
		return badState("this channel takes no attachments")
	case size > p.MaxBytes:
		return tooLong("the attachment is too big for this channel", int(p.MaxBytes), int(size))
	}
	for _, t := range p.Types {
		if t == mediaType {
			return nil
		}
	}
	return refusal(ErrBadState.Code, "this channel takes no attachments of type "+mediaType)
}

// attached holds an attachment and its name against the channel.
func (s *chatStep) attached(a *Attachment, name string) error {
	if err := s.t.Config.Attachments(s.Channel).Takes(a.Type, a.Size); err != nil {
		return err
	}
	if a.ID == "" || name == "" {
		return ErrNotFound
	}
	return s.fits(name)
}

// content is the line that a command adds: words, a filled template or a file.
func (s *chatStep) content(m SendText, author Author) (Message, error) {
	line := Message{Author: author, To: m.To, Text: m.Text, Attachment: m.Attachment}
	var err error
	switch {
	case m.Template != nil:
		line.Template, line.Attachment = m.Template.Name, nil
		line.Text, err = s.fill(*m.Template, author)
	case m.Attachment != nil:
		err = s.attached(m.Attachment, m.Text)
	default:
		err = s.allowed(m.Text, author)
	}
	return line, err
}
