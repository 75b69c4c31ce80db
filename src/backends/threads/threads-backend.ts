import type { Backend, Capabilities, LinkEvents, WorkerLink, WorkerSpec } from '../../pool/backend/backend.ts'
import { requireOwnFiles } from '../../util/own-files.ts'
import { SEPARATE_WORKERS } from '../local-workers.ts'
import { ThreadLink } from './thread-link.ts'

const CAPABILITIES: Capabilities = {
  ...SEPARATE_WORKERS,
  sharedMemory: true,
  transfer: true,
  isolated: false,
}

/** Workers as threads of this process: the quickest to start and to feed; a native crash takes the process along. */
export const threadsBackend: Backend = {
  name: 'threads',
  capabilities: CAPABILITIES,
  start: (spec: WorkerSpec, events: LinkEvents): WorkerLink => {
    requireOwnFiles()
    return new ThreadLink(spec, events)
  },
}
