import { comingFrom } from './support/coming-from.js'

comingFrom('papyros', {
  names: `Task.subclass task_attr traceback_attr TracebackedTask result UnprocessedTaskError TaskDispatcher
    MultiThreadedTaskDispatcher DummyTaskDispatcher PyroTaskDispatcher.get_proxy set_nameserver execute ordered timeout
    chunksize qsize make_queue TaskQueue.push pop pop_many close num_queues num_tasks PapyrosError TimeoutError
    ClosedTaskDispatcherError ClosedTaskQueueError NonRemoteMethodError detect_cpus config_logger start-papyros pyro-ns
    --timeout --tracebacks --size`,
  prints: ['factorize(12345)', '998: 2,499'],
  tests: 10,
})
