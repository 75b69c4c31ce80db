import { provideBackends } from './pool/backend-registry.ts'

/** The one place that knows all backends. They are loaded when a run needs them, so that importing stays cheap. */
provideBackends({
  threads: async () => (await import('./backends/threads/threads-backend.ts')).threadsBackend,
  processes: async () => (await import('./backends/processes/processes-backend.ts')).processesBackend,
  serial: async () => (await import('./backends/serial/serial-backend.ts')).serialBackend,
  'serial-uncopied': async () => (await import('./backends/serial/serial-backend.ts')).uncopiedSerialBackend,
})
