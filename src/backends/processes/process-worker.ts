import { Socket } from 'node:net'
import { Worker } from 'node:worker_threads'

import { StallWatch } from '../../runtime/functions/stall-watch.ts'
import { captureOutput } from '../../runtime/process/capture-output.ts'
import { reportLateErrors } from '../../runtime/process/late-errors.ts'
import { WorkerRuntime } from '../../runtime/worker-runtime.ts'
import { markAsWorker } from '../../task/nesting.ts'
import { Beacon } from '../../wire/protocol/beacon.ts'
import { compactWorkerFrame, type HostMessage } from '../../wire/protocol/compact-frames.ts'
import type { WorkerPort, HostFrame, LogFrame, WorkerFrame } from '../../wire/protocol/frames.ts'
import { piecesOf } from '../../wire/protocol/printed.ts'
import { expandOrEnd } from '../expand-or-end.ts'
import { WATCHDOG_ENTRY } from '../local-workers.ts'
import { encodeFrame, encodePrinted, FrameReader, MAX_VALUE_BYTES } from './frame-codec.ts'
import { FROM_HOST, type ProcessMessage, type ProcessStart, TO_HOST } from './process-start.ts'
import { writeFully } from './write-fully.ts'

/** Takes the host's frames. */
export interface Receiver {
  receive(frame: HostFrame): void
}

/** The two directions that a filter passes frames on in. */
export interface FilterDeps {
  deliver(frame: HostFrame): void
  tell(frame: WorkerFrame): void
}

/** A filter between a worker process and its host. */
export interface FrameFilter {
  open(deps: FilterDeps): Receiver
  /** Changes each frame on its way to the host. */
  pack(frame: WorkerFrame): WorkerFrame
}

const NO_FILTER: FrameFilter = { open: ({ deliver }) => ({ receive: deliver }), pack: (frame) => frame }

/** Makes this process a worker. */
export function runProcessWorker({ open, pack }: FrameFilter = NO_FILTER): void {
  const { nonce, id, slot, concurrency } = JSON.parse(process.argv.pop() as string) as ProcessStart
  const beacon = new Beacon(concurrency)

  const tell = (message: ProcessMessage): void => writeFully(TO_HOST, encodeFrame(nonce, message))

  /** Prints at once: the output of a task must survive if its next line kills the process. */
  const print = (frame: LogFrame): void => {
    for (const piece of piecesOf(frame.text)) writeFully(TO_HOST, [encodePrinted(nonce, frame, piece)])
  }

  // Kills this process when the host is gone, and answers the host while this thread is blocked.
  new Worker(WATCHDOG_ENTRY, {
    workerData: { beacon: beacon.memory, nonce },
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
    name: 'manyhands watchdog',
  }).unref()

  const post = (frame: WorkerFrame): void =>
    frame.type === 'log' ? print(frame) : tell(compactWorkerFrame(pack(frame)))
  const port: WorkerPort = { post }
  const channel = new Socket({ fd: FROM_HOST, readable: true, writable: false })
  const stalls = new StallWatch((keepAlive) => (keepAlive ? channel.ref() : channel.unref()))
  const runtime = new WorkerRuntime(
    { id, slot, port },
    {
      beacon,
      sharedMemory: false,
      copies: true,
      maxBytes: MAX_VALUE_BYTES,
      memory: () => process.memoryUsage.rss(),
      sharesThread: false,
      stalls,
    },
  )

  markAsWorker()
  captureOutput(port)
  reportLateErrors(runtime)
  process.on('exit', () => tell({ type: 'exiting', running: beacon.running() }))

  const receiver = open({ deliver: (frame) => runtime.receive(frame), tell: post })
  const reader = new FrameReader(nonce, (message) => receiver.receive(expandOrEnd(message as HostMessage)))
  channel.on('data', (piece) => reader.push(piece))
  channel.on('close', () => process.exit(0))
  runtime.announce()
}
