// Package profiles describes loads: who is there, when chats arrive, what
// people do and for how long they think about it. A profile is a commented YAML
// file; those that come with Parley are embedded, and a user's own is read from
// disk. Everything drawn from a profile follows from its seed alone.
package profiles
