import { runProcessWorker } from './process-worker.ts'

runProcessWorker()
