import { comingFrom } from './support/coming-from.js'

comingFrom('bullmq', {
  names: `Queue add addBulk Worker concurrency attempts backoff UnrecoverableError priority lifo delay repeat JobScheduler
    upsertJobScheduler limiter rateLimit jobId deduplication removeOnComplete removeOnFail returnvalue failedReason
    stacktrace attemptsMade job.updateProgress job.log job.waitUntilFinished QueueEvents completed failed progress
    stalled FlowProducer stalledInterval lockDuration maxStalledCount pause resume drain obliterate clean getJobCounts
    getJobs getMetrics connection prefix close`,
  prints: ["{ foo: 'bar' }", "{ qux: 'baz' }"],
})
