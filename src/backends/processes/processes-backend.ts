import type { Backend, Capabilities, LinkEvents, WorkerLink, WorkerSpec } from '../../pool/backend/backend.ts'
import { GUARDED_ENTRY, PROCESS_ENTRY, SEPARATE_WORKERS } from '../local-workers.ts'
import { MAX_VALUE_BYTES } from './frame-codec.ts'
import { ProcessLink } from './process-link.ts'

const CAPABILITIES: Capabilities = {
  ...SEPARATE_WORKERS,
  liveEnvironment: false,
  maxBytes: MAX_VALUE_BYTES,
}

/**
 * A worker that has not answered for so long, in milliseconds, is frozen. Its watchdog answers in less than one; a
 * machine that swaps, or has hundreds of things to do, may keep it waiting for seconds.
 */
const HEARTBEAT_TIMEOUT_MS = 30_000

/** How worker processes are run. */
export interface ProcessOptions {
  /** In milliseconds. */
  readonly heartbeatTimeout?: number
  /** Their frames come from strangers, packed; what they may ask for is told first, with an `allow` frame. */
  readonly guarded?: boolean
}

/** Workers as processes. */
export function processes({ heartbeatTimeout = HEARTBEAT_TIMEOUT_MS, guarded = false }: ProcessOptions = {}): Backend {
  const entry = guarded ? GUARDED_ENTRY : PROCESS_ENTRY
  return {
    name: 'processes',
    capabilities: CAPABILITIES,
    start: (spec: WorkerSpec, events: LinkEvents): WorkerLink => new ProcessLink(spec, events, entry, heartbeatTimeout),
  }
}

/** Workers as processes: a crash, running out of memory, or a hang costs one task and nothing else. */
export const processesBackend: Backend = processes()
