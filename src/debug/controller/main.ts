import { type MessagePort, parentPort, workerData } from 'node:worker_threads'

import type { ControllerStart } from '../messages.ts'
import { Controller } from './controller.ts'
import { Terminal } from './terminal.ts'

void new Controller(workerData as ControllerStart, parentPort as MessagePort, new Terminal()).run()
