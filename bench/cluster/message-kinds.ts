import { decodePacket, MESSAGE, packetsIn, SEVERAL } from '#manyhands/backends/nats/channel/packet.js'
import { decodeMessage } from '#manyhands/backends/nats/messages/session-message.js'
import { deserialize } from '#manyhands/wire/protocol/v8-bytes.js'

/** Names the purpose of a message on the broker, and those of the messages in it if it is a packet. */
export function kindsOf(subject: string, data: Uint8Array): string[] {
  const side = /\.([acqi])\./.exec(subject)?.[1]
  const to = side === 'a' ? 'to agent' : side === 'c' ? 'to client' : 'other'
  if (!/\.[ac]\.\w+\.\w+$/.test(subject)) return [`${to}: ${side === undefined ? subject : 'questions and answers'}`]
  const packet = decodePacket(data)
  if (packet === undefined) return [`${to}: not a packet`]
  if (packet.kind !== MESSAGE && packet.kind !== SEVERAL) return [`${to}: packet of kind ${packet.kind}`]
  return [`${to}: packet`, ...packetsIn(packet).map(({ body }) => `${to}: in it, ${nameOf(body)}`)]
}

function nameOf(message: Uint8Array): string {
  const decoded = decodeMessage(message)
  if (decoded === undefined) return 'not a message'
  if (decoded.kind === 'batch') return 'batch'
  if (decoded.kind === 'word') {
    const { ask, tell } = decoded.word as { ask?: string; tell?: string }
    return `word ${ask ?? tell}`
  }
  const frame = deserialize(decoded.body) as { type?: string }
  return Array.isArray(frame) ? 'outcomes' : `frame ${frame.type}`
}
