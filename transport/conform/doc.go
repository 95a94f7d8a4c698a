// Package conform plays scenarios against a running server of parley.v1 and
// says where it does not keep the protocol. A scenario is a YAML file that
// reads as a conversation:
//
//	name: A customer is served
//	rows: [W2, W3]
//	people:
//	  ann: {role: customer, subject: ann, name: Ann}
//	  alice: {role: agent, subject: alice, name: Alice}
//	steps:
//	  - alice connects
//	  - alice sends: {type: set_presence, state: available}
//	  - ann connects
//	  - ann sends: {type: start, source: web}
//	    gets: {chat: $chat}
//	  - alice receives: {type: offer, chat: $chat, offer: $offer, note: ~}
//	  - alice sends: {type: accept, offer: $offer}
//
// # Steps
//
//	X connects                     opens a connection without resuming; "gets" is the welcome
//	X reconnects                   the same, resuming where X stood; the welcome must say resumed
//	X acknowledges                 says that X has handled all events so far
//	X drops                        breaks the connection without a word
//	X opens a second session as Y  Y is another connection of the same person
//	X sends: F                     sends a command and waits for its answer, "gets", an ok unless it says otherwise
//	X sends again                  sends X's last command once more, byte for byte
//	X receives: F                  the next event of that type must be F; events of other types are passed over
//	X receives in any order: [F…]  all of these come next
//	X does not receive: F          no such event has come when X's next command is answered
//	X has snapshot: F              about the snapshot of the last connection
//	X is closed: 4507              the server ends the connection with this code
//	X uploads: {chat, name, base64}
//	                               a file over HTTP; "gets" is the answer with its status, 201 unless it says otherwise
//	X downloads: {id}              a file; "gets" is {status, media_type, disposition, base64}, 200 unless it says otherwise
//	wait: 2s                       lets time pass
//	the server restarts            all connections break; needs Target.Restart
//	the administrator removes the source S
//	                               until the scenario's end; needs Target.RemoveSource
//	the administrator deletes the queue Q
//	                               until the scenario's end; needs Target.DeleteQueue
//
// # Frames
//
// An expected frame names the fields that matter: all that it names must be
// there and equal, others may be there too. ~ means that the field is absent, $_
// that it is there, $name keeps the value at its first use and demands the same
// one afterwards. Lists must match element by element. Commands get an id unless
// they name one; ids and customers' subjects are made unique to each run, so that
// a scenario can be played again on the same server.
//
// # Rows
//
// The rows that a scenario shows are ids of requirements, such as W5. RunRows
// makes a test of each, in their order.
//
// # Always
//
// Whatever a scenario says, each connection is held to these: the first frame is
// a welcome, each frame is valid by the published schema, numbers are dense, and
// nothing that a customer receives names an agent's id or repeats a message that
// was sent to agents only.
package conform
