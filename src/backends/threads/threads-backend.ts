import type { Backend, Capabilities, LinkEvents, WorkerLink, WorkerSpec } from '../../pool/backend/backend.ts'
import { ThreadLink } from './thread-link.ts'

const CAPABILITIES: Capabilities = {
  sharedMemory: true,
  transfer: true,
  stopsBlocked: true,
  isolated: false,
  limitsMemory: true,
  parallel: true,
  closures: true,
  liveEnvironment: true,
}

/** Workers as threads of this process: the quickest to start and to feed; a native crash takes the process along. */
export const threadsBackend: Backend = {
  name: 'threads',
  capabilities: CAPABILITIES,
  start: (spec: WorkerSpec, events: LinkEvents): WorkerLink => new ThreadLink(spec, events),
}
