package config

import (
	"bytes"
	"encoding/pem"
	"net/mail"
	"net/url"
	"path/filepath"
	"regexp"
)

// ACME is how the certificates of the public listener are ordered.
type ACME struct {
	Domains []string
	Email   string
	// Directory of the authority; Let's Encrypt without one. RootsPEM are whom it
	// is believed by; the system's without any.
	Directory string
	RootsPEM  []byte
	// Folder of certificates and keys, within the data folder.
	Folder string
}

// domainsMost bounds how many certificates a listener has.
const domainsMost = 50

// domainForm is a name that an authority can come to: no wildcard, no number.
var domainForm = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`)

// there reports whether anything of the section was said.
func (a *acme) there() bool {
	return len(a.Domains) > 0 || a.Email != "" || a.Directory != "" || a.CAFile != "" || a.Folder != ""
}

// ordered is how certificates are ordered; nil if they are not.
func (p *publicCertificate) ordered(c *checker, dir string) *ACME {
	if p.ACME.there() && *p.files() != (certificate{}) {
		c.say("tls.acme", "stands beside files, expected one of them")
	}
	return p.ACME.resolve(c, dir)
}

// resolve checks the section and reads what it names; nil if there is none. Dir
// is where the path of ca_file starts.
func (a *acme) resolve(c *checker, dir string) *ACME {
	if !a.there() {
		return nil
	}
	a.checkDomains(c)
	if a.Email != "" {
		if at, err := mail.ParseAddress(a.Email); err != nil || at.Address != a.Email {
			c.say("tls.acme.email", "%q is no address, expected one like it@example.com", a.Email)
		}
	}
	if a.Directory != "" {
		if u, err := url.Parse(a.Directory); err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
			c.say("tls.acme.directory", "is no address of a directory, expected https://…")
		}
	}
	out := &ACME{Domains: a.Domains, Email: a.Email, Directory: a.Directory, Folder: "certificates"}
	if a.Folder != "" {
		out.Folder = a.Folder
		if !filepath.IsLocal(a.Folder) || filepath.Clean(a.Folder) == "." {
			c.say("tls.acme.folder", "%q does not stay in the data folder, expected a name like certificates", a.Folder)
		}
	}
	if a.CAFile != "" {
		text, err := readable(within(dir, a.CAFile))
		if block, _ := pem.Decode(bytes.TrimSpace(text)); err == nil && (block == nil || block.Type != "CERTIFICATE") {
			c.say("tls.acme.ca_file", "has no certificate in it, expected a PEM file")
		} else if err != nil {
			c.say("tls.acme.ca_file", "%v, expected a PEM file", err)
		}
		out.RootsPEM = text
	}
	return out
}

func (a *acme) checkDomains(c *checker) {
	if n := len(a.Domains); n == 0 || n > domainsMost {
		c.say("tls.acme.domains", "%d are named, expected 1 to %d", n, domainsMost)
	}
	seen := map[string]bool{}
	for i, d := range a.Domains {
		switch at := item("tls.acme.domains", i); {
		case len(d) > 253 || !domainForm.MatchString(d):
			c.say(at, "%.60q is no domain that can be proven, expected one like chat.example.com", d)
		case seen[d]:
			c.say(at, "%q stands there twice", d)
		}
		seen[d] = true
	}
}
