import { comingFrom } from './support/coming-from.js'

comingFrom('workerpool', {
  names: `workerpool.pool pool.exec pool.proxy workerpool.worker workerpool.workerEmit on transfer workerpool.Transfer
    promise.cancel promise.timeout promise.always minWorkers maxWorkers maxQueueSize queueStrategy workerType
    workerTerminateTimeout forkArgs forkOpts workerOpts workerThreadOpts onCreateWorker onTerminateWorker onTerminate
    addAbortListener abortListenerTimeout emitStdStreams pool.stats pool.terminate workerpool.cpus
    workerpool.isMainThread workerpool.platform`,
  prints: ['result 7', 'Result: 55'],
})
