import type { Backend, Capabilities, LinkEvents, WorkerLink, WorkerSpec } from '../../pool/backend/backend.ts'
import { SEPARATE_WORKERS } from '../local-workers.ts'
import { SerialLink } from './serial-link.ts'

const CAPABILITIES: Capabilities = {
  ...SEPARATE_WORKERS,
  sharedMemory: true,
  transfer: true,
  stopsBlocked: false,
  isolated: false,
  limitsMemory: false,
  parallel: false,
}

/** Tasks in the host's own thread: for debugging, and for tasks that only wait. */
export const serialBackend: Backend = {
  name: 'serial',
  capabilities: CAPABILITIES,
  start: (spec: WorkerSpec, events: LinkEvents): WorkerLink => new SerialLink(spec, events, true),
}

/** Tasks in the host's own thread, whose values are passed as they are: live closures, sockets, anything. */
export const uncopiedSerialBackend: Backend = {
  name: 'serial',
  capabilities: CAPABILITIES,
  start: (spec: WorkerSpec, events: LinkEvents): WorkerLink => new SerialLink(spec, events, false),
}
