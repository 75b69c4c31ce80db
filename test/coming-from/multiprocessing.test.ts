import { comingFrom } from './support/coming-from.js'

comingFrom('multiprocessing', {
  names: `Pool ProcessPoolExecutor ThreadPool ThreadPoolExecutor initializer initargs maxtasksperchild
    max_tasks_per_child mp_context set_start_method pool.map executor.map imap imap_unordered as_completed starmap apply
    apply_async submit map_async starmap_async get result ready successful done running cancel cancelled exception
    add_done_callback callback error_callback wait close join shutdown terminate TimeoutError CancelledError
    BrokenProcessPool BrokenExecutor Process Queue Pipe Manager Value Array shared_memory Lock current_process
    current_thread cpu_count freeze_support __main__`,
  prints: [
    '[ 1, 4, 9 ]',
    '400',
    'We lacked patience',
    '0 1 4\n[ 32, 9 ]',
    '112272535095293 is prime: true',
    '1099726899285419 is prime: false',
  ],
})
