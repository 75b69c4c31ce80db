import { comingFrom } from './support/coming-from.js'

comingFrom('mtasklite', {
  names: `pqdm Pool delayed_init is_exception mtasklite.processes mtasklite.threads pqdm.processes pqdm.threads
    worker_or_worker_arr n_jobs argument_type single_arg direct args kwargs exception_behavior exception_behaviour
    ignore immediate deferred bounded chunk_size chunk_prefill_ratio is_unordered use_threads task_timeout join_timeout
    len exited tqdm_class desc file disable`,
  prints: ['[ 1, 4, 9, 16, 25 ]', '[ 2, 6, 12 ]'],
  tests: 14,
})
