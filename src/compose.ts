import { threadsBackend } from './backends/threads/threads-backend.ts'
import { provideBackends } from './pool/backend/registry.ts'

/** The composition root: the only module that knows all backends. Those that few runs need are loaded when needed. */
provideBackends({
  threads: () => Promise.resolve(threadsBackend),
  processes: async () => (await import('./backends/processes/processes-backend.ts')).processesBackend,
  serial: async () => (await import('./backends/serial/serial-backend.ts')).serialBackend,
  'serial-uncopied': async () => (await import('./backends/serial/serial-backend.ts')).uncopiedSerialBackend,
})
