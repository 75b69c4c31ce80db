import { Socket } from 'node:net'
import { workerData } from 'node:worker_threads'

import { Beacon } from '../../wire/protocol/beacon.ts'
import { encodeFrame, FrameReader } from './frame-codec.ts'
import { endOwnGroup, WATCHDOG, type WatchdogReply, type WatchdogRequest } from './process-start.ts'

const { beacon: memory, nonce } = workerData as { beacon: SharedArrayBuffer; nonce: number }
const beacon = new Beacon(memory)
const channel = new Socket({ fd: WATCHDOG })

function answer(request: WatchdogRequest): unknown {
  if (request.ask === 'revoke') return beacon.revoke(request.slot, request.batch)
  return { running: beacon.running(), staged: beacon.staged(), memory: process.memoryUsage.rss() }
}

const reader = new FrameReader(nonce, (message) => {
  const request = message as WatchdogRequest
  const reply: WatchdogReply = { id: request.id, answer: answer(request) }
  for (const piece of encodeFrame(nonce, reply)) channel.write(piece)
})

channel.on('data', (piece) => reader.push(piece))
// However the host died, its end of the pipe is closed: this process and all that it started go, even if it spins.
channel.on('close', endOwnGroup)
channel.on('error', endOwnGroup)
