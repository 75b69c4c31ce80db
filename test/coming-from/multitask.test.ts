import { comingFrom } from './support/coming-from.js'

comingFrom('multitask', {
  names: `multitask func iterable args kwargs jobs skip max_nbytes force_threading force_processes logger
    get_core_number relative_cores valid_relative_jobs in_main_thread wrap_function wrapfunc log_for_multitask
    log_records_to_pickle_file log_with_multi_handler MultitaskHandler purge_multitask_logs
    pickle_object unpickle_file pickle_list unpickle_list`,
  prints: ['[ 10, 11, 12, 13, 14 ]', '[ 10, 11, 13, 14 ]'],
  tests: 22,
})
