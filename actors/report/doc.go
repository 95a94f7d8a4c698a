// Package report counts what a contact centre is measured by: how long people
// waited and who served them, by quarter of an hour, queue, agent and source.
//
// It is pure. Chat folds the events of one chat into facts, Book adds facts up
// in cells, Table makes a report of cells. All figures but the longest wait are
// sums, so the order in which chats are added does not matter: a journal that is
// read stream by stream gives the same book as one that was counted live.
//
// # What is counted
//
// A stay in a queue (a leg) is counted once when it begins (entered) and once
// when it ends, in the interval of each: answered, abandoned, overflowed (it went
// to another queue after the longest wait), moved (a supervisor or a removed
// queue sent it on), withdrawn (whoever served the chat meanwhile kept it, or
// somebody took it out of turn) or ended (the chat was over without the customer
// having given up). So entered is the sum of these and of who still waits.
//
// A wait begins when the customer came to wait, also if he has been sent from
// queue to queue since. Within means not longer than the queue's service level
// threshold as it was when he entered; short not longer than its moment.
//
// A segment is the time from which an agent serves a chat until he leaves it or
// it ends; it is counted where it ends, and its wrap-up where that is filed.
//
// # What is derived
//
// Service level: answered within T / (answered + abandoned after T). Asterisk's
// first: within / answered; its second: (answered within + abandoned within) /
// (answered + abandoned). Strict: within / (answered + abandoned). Lenient: within /
// (answered + abandoned later than a moment), which is what boards show.
// ASA: the mean wait of the answered. AHT: talk + wrap-up, by segment.
// Abandonment: abandoned / (answered + abandoned); without short ones in both for
// the second one. Occupancy: (alerting + connected + wrap-up, each in units of
// capacity) / (time signed in x capacity).
package report
