import { comingFrom } from './support/coming-from.js'

comingFrom('joblib', {
  names: `Parallel delayed n_jobs backend prefer require register_parallel_backend parallel_config parallel_backend
    return_as verbose timeout pre_dispatch batch_size temp_folder max_nbytes mmap_mode initializer initargs
    idle_worker_timeout inner_max_num_threads cpu_count effective_n_jobs wrap_non_picklable_objects
    TerminatedWorkerError Memory memory.cache ignore f.call f.check_call_in_cache f.call_and_shelve memory.reduce_size
    cache_validation_callback expires_after memory.clear f.clear memory.eval hash dump load`,
  prints: ['1136.596'],
  tests: 75,
})
