import { SerialLink } from '#manyhands/backends/serial/serial-link.js'
import type { Backend, LinkEvents, WorkerLink, WorkerSpec } from '#manyhands/pool/backend.js'
import { Guard, pack } from '#manyhands/runtime/guard/guard.js'
import type { HostFrame } from '#manyhands/wire/frames.js'

/** Tasks that a simulated worker has at once. */
const CONCURRENCY = 16

/** Workers that take what guarded processes take, and run it in this thread: thousands fit into one process. */
export function simulatedBackend(capabilities: Backend['capabilities']): Backend {
  return {
    name: 'simulated',
    capabilities,
    start: (spec: WorkerSpec, events: LinkEvents): WorkerLink => {
      const packed: LinkEvents = { ...events, frame: (frame) => events.frame(pack(frame)) }
      const link = new SerialLink({ ...spec, concurrency: CONCURRENCY }, packed, false)
      const guard = new Guard({ deliver: (frame) => link.send(frame), tell: (frame) => packed.frame(frame) })
      return {
        pid: link.pid,
        send: (frame: HostFrame) => guard.receive(frame),
        look: () => link.look(),
        revoke: (slot, batch) => link.revoke(slot, batch),
        hold: () => {},
        kill: () => link.kill(),
      }
    },
  }
}
