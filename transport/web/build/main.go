// Command build bundles the pages with esbuild. It stands in a module of its
// own, so that the server does not depend on the bundler.
//
//	go run -C build .            writes dist
//	go run -C build . -check     says whether dist is what the sources give
//	go run -C build . -tests DIR bundles the tests of the sources for node
//	go run -C build . -lib FILE  bundles the client alone, as a module
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// entries are what the browser loads, by the name of the bundle.
var entries = []api.EntryPoint{
	{InputPath: "widget/main.tsx", OutputPath: "chat"},
	{InputPath: "widget/embed.ts", OutputPath: "embed"},
	{InputPath: "desk/main.tsx", OutputPath: "desk"},
	{InputPath: "wall/main.tsx", OutputPath: "wall"},
}

// sourceDirs hold all that a bundle is made of, beside what package-lock.json
// names.
var sourceDirs = []string{"shared", "ui", "widget", "desk", "wall"}

func main() {
	check := flag.Bool("check", false, "compare instead of write")
	tests := flag.String("tests", "", "folder for the bundled tests")
	lib := flag.String("lib", "", "file for the client alone")
	flag.Parse()
	if err := run(*check, *tests, *lib); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

func run(check bool, tests, lib string) error {
	if err := os.Chdir(".."); err != nil {
		return err
	}
	switch {
	case tests != "":
		return bundleTests(tests)
	case lib != "":
		return write(bundle(api.BuildOptions{EntryPoints: []string{"shared/index.ts"}, Outfile: lib}))
	}
	made, err := pages()
	if err != nil {
		return err
	}
	if check {
		return compare(made)
	}
	for name, content := range made {
		if err := os.WriteFile(filepath.Join("dist", name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// bundle runs esbuild in memory with what is the same for all.
func bundle(o api.BuildOptions) api.BuildResult {
	o.Bundle, o.Format, o.Charset = true, api.FormatESModule, api.CharsetUTF8
	o.Target, o.JSX, o.JSXImportSource = api.ES2022, api.JSXAutomatic, "preact"
	o.LogLevel = api.LogLevelWarning
	return api.Build(o)
}

// pages bundles what dist holds, with the digest of every source.
func pages() (map[string][]byte, error) {
	r := bundle(api.BuildOptions{EntryPointsAdvanced: entries, Outdir: "dist",
		MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true, LegalComments: api.LegalCommentsNone})
	if len(r.Errors) > 0 {
		return nil, errors.New("the sources do not build")
	}
	made := map[string][]byte{}
	for _, f := range r.OutputFiles {
		made[filepath.Base(f.Path)] = f.Contents
	}
	sums, err := digests()
	if err != nil {
		return nil, err
	}
	made["sources.json"] = sums
	return made, nil
}

// digests names every source with its SHA-256.
func digests() ([]byte, error) {
	sums := map[string]string{}
	add := func(file string) error {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(text)
		sums[filepath.ToSlash(file)] = hex.EncodeToString(sum[:])
		return nil
	}
	for _, file := range []string{"package-lock.json", "build/main.go", "build/go.sum"} {
		if err := add(file); err != nil {
			return nil, err
		}
	}
	for _, dir := range sourceDirs {
		err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.Contains(d.Name(), ".test.") {
				return err
			}
			return add(file)
		})
		if err != nil {
			return nil, err
		}
	}
	text, err := json.MarshalIndent(sums, "", "  ") // sorts the names
	return append(text, '\n'), err
}

// compare says which files of dist are not what the sources give.
func compare(made map[string][]byte) error {
	var stale []string
	for name, want := range made {
		if have, err := os.ReadFile(filepath.Join("dist", name)); err != nil || !bytes.Equal(have, want) {
			stale = append(stale, name)
		}
	}
	if len(stale) > 0 {
		slices.Sort(stale)
		return fmt.Errorf("dist is not what the sources give, run go generate ./transport/web: %s", strings.Join(stale, ", "))
	}
	return nil
}

// bundleTests makes one file for node of each *.test.ts.
func bundleTests(dir string) error {
	var found []string
	for _, d := range sourceDirs {
		some, err := filepath.Glob(filepath.Join(d, "*.test.ts"))
		if err != nil {
			return err
		}
		found = append(found, some...)
	}
	if len(found) == 0 {
		return errors.New("there are no tests")
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	return write(bundle(api.BuildOptions{EntryPoints: found, Outdir: dir, Platform: api.PlatformNode,
		EntryNames: "[name]", OutExtension: map[string]string{".js": ".mjs"}}))
}

// write puts what was bundled where it belongs.
func write(r api.BuildResult) error {
	if len(r.Errors) > 0 {
		return errors.New("the sources do not build")
	}
	for _, f := range r.OutputFiles {
		if err := os.MkdirAll(filepath.Dir(f.Path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(f.Path, f.Contents, 0o644); err != nil {
			return err
		}
	}
	return nil
}
