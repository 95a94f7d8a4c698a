// The ends of all pairs, told by lines on standard input what to say, and
// telling by lines on standard output what was acknowledged and heard:
//   in:  "<end> <text>"            out: "open", "ack <end>", "heard <end>"
// Ends 2n and 2n+1 are a pair.
import { createInterface } from 'node:readline'
import { io } from 'socket.io-client'

const [url, pairs] = process.argv.slice(2)
const ends = []
const tell = (line) => process.stdout.write(line + '\n')

for (let end = 0; end < 2 * Number(pairs); end++) {
  const socket = io(url, { transports: ['websocket'], forceNew: true, auth: { room: String(end >> 1) } })
  socket.on('message', (m) => {
    if (m.from !== socket.id) tell(`heard ${end}`)
  })
  socket.on('connect_error', (err) => {
    console.error(err.message)
    process.exit(1)
  })
  await new Promise((done) => socket.once('connect', done))
  ends.push(socket)
}
tell('open')

createInterface({ input: process.stdin }).on('line', (line) => {
  const space = line.indexOf(' ')
  const end = Number(line.slice(0, space))
  ends[end].emit('send', line.slice(space + 1), () => tell(`ack ${end}`))
})
