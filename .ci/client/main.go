// Command driver calls every operation of the admin API through a client that
// was generated from its description: driver PUBLIC ADMIN SECRET DOCUMENT. Each
// answer has to be decoded into the type that the description gives it, and has
// to be what it was when it is encoded again: what a type does not have is lost.
package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/parley-engine/parley/adminclient/api"
)

// driver is a client of a server.
type driver struct {
	*api.ClientWithResponses
	ctx    context.Context
	public string
	secret []byte
}

// described is what the document has, and called what of it has been called.
var (
	described []operation
	called    = map[string]bool{}
)

// operation is one of the description's.
type operation struct {
	id, method string
	path       *regexp.Regexp
	kinds      map[string][]string // of answers, by status
}

func main() {
	if len(os.Args) != 5 {
		fmt.Fprintln(os.Stderr, "expected the addresses of a server, the file of its secret, and its description")
		os.Exit(2)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	d, err := start(ctx, os.Args[1], os.Args[2], os.Args[3], os.Args[4])
	if err != nil {
		fail(err)
	}
	d.configuration()
	d.entries()
	d.webhooks(d.people())
	d.history()
	d.removals()
	if left := missed(); len(left) > 0 {
		fail(fmt.Errorf("%d of %d operations were not called: %s", len(left), len(described), strings.Join(left, ", ")))
	}
	fmt.Printf("%d operations, each called by the generated client and decoded into its type\n", len(described))
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func start(ctx context.Context, public, admin, secretFile, document string) (*driver, error) {
	secret, err := os.ReadFile(secretFile)
	if err != nil {
		return nil, err
	}
	d := &driver{ctx: ctx, public: public, secret: secret}
	if described, err = operations(document); err != nil {
		return nil, err
	}
	bearer := d.token("admin", "root")
	d.ClientWithResponses, err = api.NewClientWithResponses(admin, api.WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+bearer)
		return nil
	}))
	return d, err
}

func operations(document string) (all []operation, err error) {
	text, err := os.ReadFile(document)
	if err != nil {
		return nil, err
	}
	var written struct {
		Paths map[string]map[string]struct {
			ID        string `json:"operationId"`
			Responses map[string]struct {
				Content map[string]any `json:"content"`
			} `json:"responses"`
		} `json:"paths"`
	}
	if err := json.Unmarshal(text, &written); err != nil {
		return nil, err
	}
	parameter := regexp.MustCompile(`\\{[a-z]+\\}`)
	for path, methods := range written.Paths {
		at := regexp.MustCompile("^" + parameter.ReplaceAllString(regexp.QuoteMeta(path), "[^/]+") + "$")
		for method, op := range methods {
			kinds := map[string][]string{}
			for status, response := range op.Responses {
				kinds[status] = slices.Sorted(maps.Keys(response.Content))
			}
			all = append(all, operation{op.ID, strings.ToUpper(method), at, kinds})
		}
	}
	if len(all) < 90 {
		return nil, fmt.Errorf("%s has %d operations, it had 92", document, len(all))
	}
	return all, nil
}

func missed() (ids []string) {
	for _, op := range described {
		if !called[op.id] {
			ids = append(ids, op.id)
		}
	}
	slices.Sort(ids)
	return ids
}

// token is what a sign-in would give to somebody.
func (d *driver) token(role, subject string) string {
	now := time.Now()
	claims, err := json.Marshal(map[string]any{"iss": "parley", "aud": "parley", "sub": subject, "role": role,
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(10 * time.Minute).Unix()})
	if err != nil {
		fail(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + encode(claims)
	sum := hmac.New(sha256.New, d.secret)
	sum.Write([]byte(signed))
	return signed + "." + encode(sum.Sum(nil))
}

// got returns what a call was answered with, decoded. The types of answers have
// nothing in common but the names of their fields, so it looks for those.
func got[Response any](r *Response, err error) *Response {
	if err == nil {
		err = hold(reflect.ValueOf(r).Elem())
	}
	if err != nil {
		fail(err)
	}
	return r
}

// hold holds an answer to the description.
func hold(answer reflect.Value) error {
	resp := answer.FieldByName("HTTPResponse").Interface().(*http.Response)
	body := answer.FieldByName("Body").Bytes()
	at := resp.Request.Method + " " + resp.Request.URL.Path
	i := slices.IndexFunc(described, func(op operation) bool {
		return op.method == resp.Request.Method && op.path.MatchString(resp.Request.URL.EscapedPath())
	})
	if i < 0 {
		return fmt.Errorf("%s: nothing describes it", at)
	}
	op := described[i]
	kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil || resp.StatusCode >= 300 || !slices.Contains(op.kinds[fmt.Sprint(resp.StatusCode)], kind) {
		return fmt.Errorf("%s: %s as %s is not described as a success: %s", at, resp.Status, kind, body)
	}
	called[op.id] = true
	if kind != "application/json" {
		if len(body) == 0 {
			return fmt.Errorf("%s: nothing came", at)
		}
		return nil
	}
	decoded := answer.FieldByName(fmt.Sprint("JSON", resp.StatusCode))
	if !decoded.IsValid() || decoded.IsNil() {
		return fmt.Errorf("%s: %d was not decoded", at, resp.StatusCode)
	}
	again, err := json.Marshal(decoded.Interface())
	if err != nil {
		return err
	}
	if lost := differences("", parse(body), parse(again)); lost != nil {
		return fmt.Errorf("%s: the type %s does not have all of it: %s\n%s", at, decoded.Type().Elem(), strings.Join(lost, ", "), body)
	}
	return nil
}

func parse(text []byte) (value any) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		fail(fmt.Errorf("%w: %s", err, text))
	}
	return value
}

// differences names what is in one value and not in the other.
func differences(at string, sent, typed any) (all []string) {
	switch was := sent.(type) {
	case map[string]any:
		is, ok := typed.(map[string]any)
		if !ok {
			return []string{at}
		}
		for name := range was {
			all = append(all, differences(at+"."+name, was[name], is[name])...)
		}
	case []any:
		is, ok := typed.([]any)
		if !ok || len(is) != len(was) {
			return []string{at}
		}
		for i := range was {
			all = append(all, differences(fmt.Sprintf("%s[%d]", at, i), was[i], is[i])...)
		}
	default:
		if !same(sent, typed) {
			return []string{fmt.Sprintf("%s: %v became %v", at, sent, typed)}
		}
	}
	return all
}

// same takes moments for equal however many digits they are written with.
func same(sent, typed any) bool {
	was, isText := sent.(string)
	is, stillText := typed.(string)
	if a, err := time.Parse(time.RFC3339, was); isText && stillText && err == nil {
		b, err := time.Parse(time.RFC3339, is)
		return err == nil && a.Equal(b)
	}
	return reflect.DeepEqual(sent, typed)
}
