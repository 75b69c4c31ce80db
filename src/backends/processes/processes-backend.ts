import type { Backend, Capabilities, LinkEvents, WorkerLink, WorkerSpec } from '../../pool/backend.ts'
import { MAX_VALUE_BYTES } from './frame-codec.ts'
import { ProcessLink } from './process-link.ts'

const CAPABILITIES: Capabilities = {
  sharedMemory: false,
  transfer: false,
  stopsBlocked: true,
  isolated: true,
  limitsMemory: true,
  parallel: true,
  closures: true,
  liveEnvironment: false,
  maxBytes: MAX_VALUE_BYTES,
}

/**
 * A worker that has not answered for so long, in milliseconds, is frozen. Its watchdog answers in less than one; a
 * machine that swaps, or has hundreds of things to do, may keep it waiting for seconds.
 */
const HEARTBEAT_TIMEOUT_MS = 30_000

/** Workers as processes; `heartbeatTimeout` in milliseconds. */
export function processes({ heartbeatTimeout = HEARTBEAT_TIMEOUT_MS }: { heartbeatTimeout?: number } = {}): Backend {
  return {
    name: 'processes',
    capabilities: CAPABILITIES,
    start: (spec: WorkerSpec, events: LinkEvents): WorkerLink => new ProcessLink(spec, events, heartbeatTimeout),
  }
}

/** Workers as processes: a crash, running out of memory, or a hang costs one task and nothing else. */
export const processesBackend: Backend = processes()
