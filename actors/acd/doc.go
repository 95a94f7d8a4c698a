// Package acd is the rules of automatic contact distribution, and nothing
// else: who waits where, who is offered what, who owns which chat.
//
// Three machines share one shape (Machine): a Chat owns who serves it, what is
// open and in which order its messages stand; an Agent owns presence, capacity
// and wrap-up debts; a Queue owns order and matching, and nothing durable. A
// machine takes a command and a Turn and answers with an Outcome: what
// happened (events), who must hear (news), whom to tell (sends) and the result
// for the asker. It reads no clock, no random source and no other machine's
// state: all of that comes in with the command. The same code therefore runs
// live, in recovery, in replay, in simulation and in the exploration that
// draws the state diagrams.
//
// Rules are numbered as in the model: C1–C42 for a chat, A1–A29 for an agent,
// Q1–Q13 for a queue.
package acd
