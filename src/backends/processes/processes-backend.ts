import type { Backend, Capabilities, LinkEvents, WorkerLink, WorkerSpec } from '../../pool/backend/backend.ts'
import { requireOwnFiles } from '../../util/own-files.ts'
import { GUARDED_ENTRY, PROCESS_ENTRY, SEPARATE_WORKERS } from '../local-workers.ts'
import { MAX_VALUE_BYTES } from './frame-codec.ts'
import { ProcessLink } from './process-link.ts'

const CAPABILITIES: Capabilities = {
  ...SEPARATE_WORKERS,
  liveEnvironment: false,
  maxBytes: MAX_VALUE_BYTES,
}

/**
 * A worker that has not answered for this long, in milliseconds, is frozen. Its watchdog answers in less than one, but a
 * machine that swaps, or is busy with hundreds of processes, may delay it for seconds.
 */
const HEARTBEAT_TIMEOUT_MS = 30_000

/** The options of worker processes. */
export interface ProcessOptions {
  /** In milliseconds. */
  readonly heartbeatTimeout?: number
  /** Frames come from untrusted clients, packed; an `allow` frame before them tells what they may run. */
  readonly guarded?: boolean
}

/** Workers as processes. */
export function processes({ heartbeatTimeout = HEARTBEAT_TIMEOUT_MS, guarded = false }: ProcessOptions = {}): Backend {
  const entry = guarded ? GUARDED_ENTRY : PROCESS_ENTRY
  return {
    name: 'processes',
    capabilities: CAPABILITIES,
    start: (spec: WorkerSpec, events: LinkEvents): WorkerLink => {
      requireOwnFiles()
      return new ProcessLink(spec, events, entry, heartbeatTimeout)
    },
  }
}

/** Workers as processes: a crash, running out of memory, or a hang costs one task and nothing else. */
export const processesBackend: Backend = processes()
