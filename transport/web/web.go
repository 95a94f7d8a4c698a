// Package web holds the pages that ship with Parley: the customer's chat, the
// agent's desk and the script that puts the chat on other sites. The bundles
// are made by go generate and committed, so that building Parley needs Go alone.
//
// The package knows nothing of the engine. The pages speak the published
// protocol, as any other client does.
package web

//go:generate go run -C build .

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed dist pages
var files embed.FS

// Options of the pages. The zero value serves them to this host alone.
type Options struct {
	// EmbedOn are the origins of the sites that may show /chat in a frame, as
	// "https://www.example.com"; by default none but our own.
	EmbedOn []string
	// Dev tells the pages to sign in through /v1/dev.
	Dev bool
}

// page is one address with its document, and what may frame it.
type page struct {
	path, document string
	framed         bool
}

var pages = []page{
	{"/chat", "chat.html", true},
	{"/desk", "desk.html", false},
	{"/wall", "wall.html", false},
}

// Paths are the addresses of the pages.
func Paths() []string {
	var all []string
	for _, p := range pages {
		all = append(all, p.path)
	}
	return all
}

// Mount adds the pages, their assets and /embed.js to mux. Everything is
// compressed and hashed here, once.
func Mount(mux *http.ServeMux, o Options) error {
	names, err := mountAssets(mux)
	if err != nil {
		return fmt.Errorf("pages: %w", err)
	}
	for _, p := range pages {
		text, err := render(p.document, names, o)
		if err != nil {
			return fmt.Errorf("pages: %w", err)
		}
		doc := document(text, policy(p, o))
		if p.framed {
			doc.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
		}
		mux.Handle("GET "+p.path, doc)
	}
	embed, err := files.ReadFile("dist/embed.js")
	if err != nil {
		return fmt.Errorf("pages: %w", err)
	}
	// Other sites name it in their own pages, so its address never changes.
	s := newStatic("embed.js", embed, "public, max-age=300, must-revalidate")
	s.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
	mux.Handle("GET /embed.js", s)
	return nil
}

// mountAssets serves what documents refer to under names that change with the
// content, and returns those names.
func mountAssets(mux *http.ServeMux) (map[string]string, error) {
	names := map[string]string{}
	for _, dir := range []string{"dist", "pages"} {
		entries, err := fs.ReadDir(files, dir)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			ext := path.Ext(e.Name())
			if _, known := mediaTypes[ext]; !known || ext == ".html" || e.Name() == "embed.js" {
				continue
			}
			content, err := files.ReadFile(dir + "/" + e.Name())
			if err != nil {
				return nil, err
			}
			s := newStatic(e.Name(), content, "public, max-age=31536000, immutable")
			at := "/assets/" + strings.TrimSuffix(e.Name(), ext) + "." + s.sum[:12] + ext
			names[e.Name()] = at
			mux.Handle("GET "+at, s)
		}
	}
	return names, nil
}

// render fills the names of assets into a document.
func render(name string, assets map[string]string, o Options) ([]byte, error) {
	t, err := template.New(name).Funcs(template.FuncMap{
		"asset": func(name string) (string, error) {
			at, ok := assets[name]
			if !ok {
				return "", fmt.Errorf("no asset %s: run go generate ./transport/web", name)
			}
			return at, nil
		},
	}).ParseFS(files, "pages/"+name)
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	if err := t.Execute(&text, o); err != nil {
		return nil, err
	}
	return text.Bytes(), nil
}

// policy is the Content-Security-Policy of a page: nothing inline, nothing from
// elsewhere, and no text that becomes markup.
func policy(p page, o Options) string {
	ancestors := "'none'"
	if p.framed {
		ancestors = strings.Join(append([]string{"'self'"}, o.EmbedOn...), " ")
	}
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src blob:; " +
		"connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; " +
		"require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors " + ancestors
}

// document serves a page, which is asked for anew each time and is small.
func document(text []byte, policy string) *static {
	s := newStatic("page.html", text, "no-cache")
	s.headers["Content-Security-Policy"] = policy
	s.headers["Referrer-Policy"] = "no-referrer"
	s.headers["Cross-Origin-Opener-Policy"] = "same-origin"
	s.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
	return s
}

// static is one file, plain and compressed.
type static struct {
	plain, gzipped []byte
	sum            string
	headers        map[string]string
}

// mediaTypes are the kinds of files that there are.
var mediaTypes = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
}

func newStatic(name string, content []byte, caching string) *static {
	sum := sha256.Sum256(content)
	s := &static{plain: content, gzipped: compress(content), sum: hex.EncodeToString(sum[:])}
	s.headers = map[string]string{
		"Content-Type": mediaTypes[path.Ext(name)], "Cache-Control": caching, "Vary": "Accept-Encoding",
		"X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin",
	}
	return s
}

// compress never fails: it writes to memory at a level that exists.
func compress(content []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	_, _ = w.Write(content)
	_ = w.Close()
	return b.Bytes()
}

// ServeHTTP answers with the file, or that the asker has it already.
func (s *static) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	for name, value := range s.headers {
		h.Set(name, value)
	}
	body, tag := s.plain, s.sum[:32]
	if accepts(r.Header.Get("Accept-Encoding"), "gzip") {
		body, tag = s.gzipped, tag+"-gzip"
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("ETag", `"`+tag+`"`)
	if has(r.Header.Get("If-None-Match"), `"`+tag+`"`) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", fmt.Sprint(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the asker may have gone
	}
}

// accepts reports whether a header of encodings names one and does not forbid it.
func accepts(header, encoding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, q, _ := strings.Cut(strings.ReplaceAll(part, " ", ""), ";")
		if strings.EqualFold(name, encoding) {
			return strings.Trim(strings.TrimPrefix(q, "q="), "0.") != "" || q == ""
		}
	}
	return false
}

// has reports whether a list of tags has this one; a proxy may have made it weak.
func has(header, tag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		if t := strings.TrimSpace(part); t == "*" || strings.TrimPrefix(t, "W/") == tag {
			return true
		}
	}
	return false
}
