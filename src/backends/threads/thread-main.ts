import { getHeapStatistics } from 'node:v8'
import { workerData } from 'node:worker_threads'

import { StallWatch } from '../../runtime/functions/stall-watch.ts'
import { captureOutput } from '../../runtime/process/capture-output.ts'
import { overlayEnvironment } from '../../runtime/process/environment-overlay.ts'
import { reportLateErrors } from '../../runtime/process/late-errors.ts'
import { WorkerRuntime } from '../../runtime/worker-runtime.ts'
import { markAsWorker } from '../../task/nesting.ts'
import { Beacon } from '../../wire/protocol/beacon.ts'
import { compactWorkerFrame, type HostMessage } from '../../wire/protocol/compact-frames.ts'
import type { WorkerPort, LogFrame } from '../../wire/protocol/frames.ts'
import { piecesOf } from '../../wire/protocol/printed.ts'
import { endUnread, expandOrEnd } from '../expand-or-end.ts'
import { PrintRing } from './print-ring.ts'
import type { ThreadMessage, ThreadStart } from './thread-start.ts'

const { port, beacon, printed, id, slot, env } = workerData as ThreadStart
// Tasks read `workerData`, too, and must not find the pool's port there.
for (const key of Object.keys(workerData as object)) Reflect.deleteProperty(workerData as object, key)

const ring = new PrintRing(printed)

function tell(message: ThreadMessage, transfer?: readonly unknown[]): void {
  port.postMessage(message, transfer as readonly ArrayBuffer[] | undefined)
}

function print(frame: LogFrame): void {
  for (const text of piecesOf(frame.text)) {
    if (!ring.write(frame, text)) tell({ ...frame, text })
    else if (ring.mustTell()) tell('printed')
  }
}

const workerPort: WorkerPort = {
  post: (frame, transfer) => (frame.type === 'log' ? print(frame) : tell(compactWorkerFrame(frame), transfer)),
}

/** A thread's share of the process: its own heap, and the buffers that it holds. */
function heapSize(): number {
  const { used_heap_size, external_memory } = getHeapStatistics()
  return used_heap_size + external_memory
}

const stalls = new StallWatch((keepAlive) => (keepAlive ? port.ref() : port.unref()))
const runtime = new WorkerRuntime(
  { id, slot, port: workerPort },
  { beacon: new Beacon(beacon), sharedMemory: true, copies: true, memory: heapSize, sharesThread: false, stalls },
)

markAsWorker()
process.env = overlayEnvironment(process.env, env)
captureOutput(workerPort)
reportLateErrors(runtime)
port.on('message', (message: HostMessage) => runtime.receive(expandOrEnd(message)))
port.on('messageerror', endUnread)
runtime.announce()
