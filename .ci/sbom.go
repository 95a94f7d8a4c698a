// Command sbom lists what a program of Go was built from, as CycloneDX: sbom
// PROGRAM. It reads what the linker has put into the program, so it lists what is
// in there and not what a module file names. The same program gives the same
// bytes.
package main

import (
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"

	"github.com/CycloneDX/cyclonedx-go"
)

func main() {
	if len(os.Args) != 2 {
		fail(fmt.Errorf("expected sbom PROGRAM"))
	}
	program, err := os.ReadFile(os.Args[1])
	if err != nil {
		fail(err)
	}
	info, err := buildinfo.ReadFile(os.Args[1])
	if err != nil {
		fail(err)
	}
	encoder := cyclonedx.NewBOMEncoder(os.Stdout, cyclonedx.BOMFileFormatJSON).SetPretty(true)
	if err := encoder.EncodeVersion(list(filepath.Base(os.Args[1]), sha256.Sum256(program), info), cyclonedx.SpecVersion1_6); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "sbom:", err)
	os.Exit(1)
}

// list has the program on top, and the libraries and Go itself as what it is
// made of.
func list(name string, sum [32]byte, info *debug.BuildInfo) *cyclonedx.BOM {
	bom := cyclonedx.NewBOM()
	bom.SerialNumber = "urn:uuid:" + uuid(sum)
	main := component(cyclonedx.ComponentTypeApplication, &info.Main)
	main.Hashes = &[]cyclonedx.Hash{{Algorithm: cyclonedx.HashAlgoSHA256, Value: hex.EncodeToString(sum[:])}}
	properties := []cyclonedx.Property{{Name: "file", Value: name}}
	for _, s := range info.Settings {
		properties = append(properties, cyclonedx.Property{Name: "build:" + s.Key, Value: s.Value})
	}
	main.Properties = &properties
	bom.Metadata = &cyclonedx.Metadata{Component: &main}
	parts := []cyclonedx.Component{component(cyclonedx.ComponentTypeLibrary, &debug.Module{Path: "std", Version: info.GoVersion})}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		parts = append(parts, component(cyclonedx.ComponentTypeLibrary, m))
	}
	var refs []string
	for _, p := range parts {
		refs = append(refs, p.BOMRef)
	}
	bom.Components = &parts
	bom.Dependencies = &[]cyclonedx.Dependency{{Ref: main.BOMRef, Dependencies: &refs}}
	return bom
}

func component(kind cyclonedx.ComponentType, m *debug.Module) cyclonedx.Component {
	url := "pkg:golang/" + m.Path + "@" + m.Version
	return cyclonedx.Component{Type: kind, BOMRef: url, Name: m.Path, Version: m.Version, PackageURL: url}
}

// uuid names a list by what it is of, so that it is the same when made again.
func uuid(sum [32]byte) string {
	b := sum[:16]
	b[6], b[8] = b[6]&0x0f|0x80, b[8]&0x3f|0x80 // version 8: of our own making
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
