package actors

// Row is an index entry that stands or falls with the record beside it. A nil
// Value deletes the key.
type Row = struct{ Key, Value []byte }

// Entry is one turn of one actor, all or nothing. Types here are aliases of
// unnamed structs so that a store satisfies Journal without importing this
// package, nor this package the store.
type Entry = struct {
	// Epoch is the writer's, from Acquire; an older one is refused.
	Epoch uint64
	// Stream names the actor, "chat/…". Empty with no Rows is a barrier:
	// nothing is written, and Done runs when all before it is durable.
	Stream string
	// Seq numbers the record in its stream, from 1 and dense. With a nil
	// Record only the rows and the snapshot are written.
	Seq    uint64
	Record []byte
	// Rows are written in the same batch.
	Rows []Row
	// Snapshot, if set, replaces the stream's snapshot: the state after Seq.
	Snapshot []byte
	// Done runs once, after the entry is durable or has failed, in the order
	// of the calls to Append. It must be short and must not call Append.
	Done func(error)
}

// Journal is what the engine needs of a disk: one total order of entries, each
// atomic, each durable before its Done. A failure of the disk is final: every
// later entry fails too, and the process has to stop (see Failed).
type Journal interface {
	// Acquire fences every earlier writer and returns the epoch to write with;
	// it is durable before it returns. Epochs rise by one.
	Acquire() (epoch uint64, err error)
	// Append queues an entry and returns; it may wait while the queue is full.
	// The caller must not touch the entry afterwards; its bytes and the list of
	// its rows are the caller's again once Done has said that they are durable.
	Append(Entry)
	// Replay calls fn with each record of a stream whose number is above
	// after, in order. Bytes are valid during the call only.
	Replay(stream string, after uint64, fn func(seq uint64, record []byte) error) error
	// Record returns one record, nil if there is none.
	Record(stream string, seq uint64) ([]byte, error)
	// Snapshot returns a stream's last snapshot and the record number that it
	// stands for; zero and nil if there is none or it is damaged.
	Snapshot(stream string) (seq uint64, state []byte, err error)
	// Get returns a row's value, nil if there is none.
	Get(key []byte) ([]byte, error)
	// Scan calls fn with each row from key from up to but without to, in key
	// order. Bytes are valid during the call only.
	Scan(from, to []byte, fn func(key, value []byte) error) error
	// Last calls fn with the last n records (or fewer, if that is all there
	// is), oldest first, in the total order of the journal.
	Last(n int, fn func(stream string, seq uint64, record []byte) error) error
	// After calls fn with up to n records that stand after a position of the
	// total order, oldest first, and no further than what is durable. Positions
	// rise and are never given twice; 0 is before the first. From is position,
	// or a later one if what came right behind it is not listed any more.
	// Bytes are fn's to keep.
	After(position uint64, n int, fn func(position uint64, stream string, seq uint64, record []byte) error) (from uint64, err error)
	// Ends returns the position from which on After misses nothing, and that of
	// the last durable record.
	Ends() (oldest, newest uint64, err error)
	// Keep asks that what stands after a position stays listed for After, as far
	// as the journal's own bound allows. The last call counts.
	Keep(position uint64)
	// Streams calls fn with the name of each stream that has a record and the
	// given prefix.
	Streams(prefix string, fn func(stream string) error) error
	// Drop removes records, snapshot and the given rows of an ended stream.
	Drop(stream string, rows [][]byte) error
	// Failed is closed when the disk has failed; Err says why.
	Failed() <-chan struct{}
	Err() error
}
