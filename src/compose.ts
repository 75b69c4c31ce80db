import { threadsBackend } from './backends/threads/threads-backend.ts'
import { provideBackends } from './pool/backend/registry.ts'

/** The one place that knows all backends. Those that few runs need are loaded when one does. */
provideBackends({
  threads: () => Promise.resolve(threadsBackend),
  processes: async () => (await import('./backends/processes/processes-backend.ts')).processesBackend,
  serial: async () => (await import('./backends/serial/serial-backend.ts')).serialBackend,
  'serial-uncopied': async () => (await import('./backends/serial/serial-backend.ts')).uncopiedSerialBackend,
})
