// Command peers holds Parley against other systems and against the floors, in
// one run on one machine: the same pairs of people who talk, the same lengths
// and thoughts, a server process each, alternating over rounds. What it prints
// travels as ratios; README.md says what each peer does for a message, and how
// to install those that are not Go modules.
package main
