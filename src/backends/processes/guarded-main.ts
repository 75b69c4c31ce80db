import { Guard, pack } from '../../runtime/guard/guard.ts'
import { runProcessWorker } from './process-worker.ts'

// A worker for strangers: its host hands their frames on without looking into them.
runProcessWorker({ open: (deps) => new Guard(deps), pack })
