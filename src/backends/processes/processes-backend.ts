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

/** Workers as processes: a crash, running out of memory, or a hang costs one task and nothing else. */
export const processesBackend: Backend = {
  name: 'processes',
  capabilities: CAPABILITIES,
  start: (spec: WorkerSpec, events: LinkEvents): WorkerLink => new ProcessLink(spec, events),
}
