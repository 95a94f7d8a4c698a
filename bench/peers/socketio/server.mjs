// A chat room of socket.io with Redis as its adapter: a text is emitted with an
// acknowledgement and goes to both ends of its room through Redis. Nothing is
// kept.
import { createServer } from 'node:http'
import { createAdapter } from '@socket.io/redis-adapter'
import { createClient } from 'redis'
import { Server } from 'socket.io'

const [port, redis] = process.argv.slice(2)
const pub = createClient({ url: redis })
const sub = pub.duplicate()
await Promise.all([pub.connect(), sub.connect()])

const http = createServer()
const io = new Server(http, { adapter: createAdapter(pub, sub), transports: ['websocket'] })
io.on('connection', (socket) => {
  const { room } = socket.handshake.auth
  socket.join(room)
  socket.on('send', (text, acknowledge) => {
    io.to(room).emit('message', { from: socket.id, text })
    acknowledge({ ok: true })
  })
})
http.listen(Number(port), '127.0.0.1')
