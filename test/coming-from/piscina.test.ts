import { comingFrom } from './support/coming-from.js'

comingFrom('piscina', {
  names: `filename run name signal transferList minThreads maxThreads idleTimeout maxQueue concurrentTasksPerWorker atomics
    resourceLimits env execArgv argv workerData taskQueue queueOptionsSymbol loadBalancer niceIncrement
    trackUnmanagedFds closeTimeout close recordTiming workerHistogram histogram runTime waitTime utilization duration
    completed queueSize threads destroy error drain needsDrain message workerCreate workerDestroy Piscina.move
    Transferable transferableSymbol valueSymbol isWorkerThread version`,
  prints: ['10\n24\n', 'The task was canceled'],
})
