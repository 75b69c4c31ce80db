import { workerData } from 'node:worker_threads'

import { captureOutput } from '../../runtime/capture-output.ts'
import { overlayEnvironment } from '../../runtime/environment-overlay.ts'
import { reportLateErrors } from '../../runtime/report-late-errors.ts'
import { WorkerRuntime } from '../../runtime/serve.ts'
import type { WorkerPort } from '../../runtime/worker-port.ts'
import { markAsWorker } from '../../task/nesting.ts'
import { Beacon } from '../../wire/beacon.ts'
import type { HostFrame } from '../../wire/frames.ts'
import type { ThreadStart } from './thread-start.ts'

const { port, beacon, id, slot, env } = workerData as ThreadStart
// Tasks shall not find the pool's port where they look for their own data.
for (const key of Object.keys(workerData as object)) Reflect.deleteProperty(workerData as object, key)

const workerPort: WorkerPort = {
  post: (frame, transfer) => port.postMessage(frame, transfer as readonly ArrayBuffer[] | undefined),
}
const runtime = new WorkerRuntime(
  { id, slot, port: workerPort },
  { beacon: new Beacon(beacon), sharedMemory: true, sharesThread: false },
)

markAsWorker()
process.env = overlayEnvironment(process.env, env)
captureOutput(workerPort)
reportLateErrors(runtime)
port.on('message', (frame: HostFrame) => runtime.receive(frame))
runtime.announce()
