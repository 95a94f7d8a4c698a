// Package condition reads what an operator asks of agents as an expression over
// the chat and the agent, such as
//
//	chat.language in agent.languages && (chat.attributes.vip != "yes" || agent.skills.sales >= 7)
//
// The language is that of expr-lang/expr, less everything that is not pure or
// not bounded. An expression is compiled once, when the configuration is read,
// against the facts that there are, so that a wrong one is found there and not
// when a chat waits.
//
// # What it may cost
//
// An expression has at most MaxNodes parts and no variables, so that what it
// builds grows no faster than it is long. It goes through a list with any, all,
// none, one and count, not within each other; lists are short. Of a text it sees
// the first MaxText bytes. Patterns are constant. There is no clock, no chance
// and nothing that depends on the order of a map.
package condition
