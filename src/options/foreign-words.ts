import { nearestName } from '../util/nearest-name.ts'

/** Options, and values of options, by the words that other tools have for them. */
const WORDS: Readonly<Record<string, string>> = {
  workers:
    'n_jobs jobs processes n_processes num_processes n_workers num_workers max_workers threads max_threads num_threads pool_size cores cpus n_cpus parallelism parallel',
  batch: 'chunksize chunk chunks batch_size',
  timeout: 'task_timeout time_limit timeout_ms job_timeout',
  stallTimeout: 'result_timeout stalled_interval',
  deadline: 'total_timeout run_timeout',
  window: 'bounded maxsize max_size buffer_size buffer high_water_mark pre_dispatch backpressure max_backlog prefetch',
  ordered: 'is_unordered unordered keep_order preserve_order sorted',
  onError: 'exception_behaviour exception_behavior on_error error_mode stop_on_error ignore_errors raise_on_error bail',
  retries: 'attempts max_retries max_attempts retry_limit retry_count backoff retry_delay',
  times: 'attempts limit count max_retries n',
  delay: 'min_timeout min_delay interval wait backoff base_delay',
  maxDelay: 'max_timeout max_wait max_interval',
  workerDeaths: 'max_stalled_count allowed_failures max_crashes',
  skip: 'mask filter exclude skip_mask',
  args: 'fargs kwargs extra_args params constants args_list pm_args',
  spread: 'starmap splat argument_type unpack',
  progress: 'bar eta desc tqdm verbose progress_bar show_progress pbar pm_pbar',
  label: 'desc description title name',
  backend: 'parallel_backend prefer executor scheduler pool_type worker_type mode force_threading force_processes',
  share: 'max_nbytes mmap_mode shared',
  cache: 'memory memoize memo',
  journal: 'joblog job_log resume checkpoint',
  rate: 'rate_limit rate_limiter limiter interval_cap max_per_second',
  memfree: 'min_free_memory mem_free',
  signal: 'abort_signal abort cancel_token token',
  logs: 'logger log stdio stdout output',
  onEvent: 'on_progress_event listener events',
  name: 'label id title',
  init: 'initializer setup on_start worker_init',
  initTimeout: 'startup_timeout start_timeout',
  maxTasks: 'max_tasks_per_child max_tasks_per_worker max_jobs tasks_per_worker',
  maxMemory: 'memory_limit max_memory_limit idle_memory_limit max_memory_per_worker',
  idleTimeout: 'keep_alive idle_worker_timeout worker_idle_timeout',
  maxQueue: 'max_queue_size queue_limit queue_size max_pending',
  env: 'environment env_vars',
  execArgv: 'node_options exec_args node_args',
  maxBytes: 'bytes_limit max_size size_limit',
  maxAge: 'age_limit expire expires',
  ttl: 'expire expires expiration max_age',
  ignore: 'ignore_args exclude',
  // Values.
  return: 'ignore ignored skip keep pass none log',
  throw: 'raise immediate stop fail abort bail',
  collect: 'deferred defer all settle settled continue',
  threads: 'threading thread worker_threads worker workers',
  processes: 'multiprocessing process fork forks loky child_process multiprocess',
  serial: 'sequential sync inline dummy main none true',
  off: 'none silent ignore quiet no',
  inherit: 'pipe console stdout default',
  auto: 'automatic',
  // Flags of the command.
  jobs: 'workers n_jobs n_workers num_workers max_workers processes threads max_procs procs pool_size parallel',
  on: 'backend executor scheduler',
  log: 'joblog job_log journal',
  order: 'keep_order ordered unordered preserve_order is_unordered',
  output: 'out outfile output_file results save',
  'fail-fast': 'bail stop_on_error exit_on_error',
  'retry-delay': 'delay backoff',
  'max-memory': 'memory_limit',
  'max-tasks': 'max_tasks_per_child max_jobs',
  format: 'type input_format csv jsonl null',
}

const known = new Map<string, string[]>()
for (const [own, words] of Object.entries(WORDS))
  for (const word of words.split(' ')) known.set(plain(word), [...(known.get(plain(word)) ?? []), own])

/** `n_jobs`, `nJobs` and `n-jobs` are one word. */
function plain(word: string): string {
  return word.toLowerCase().replaceAll(/[^a-z\d]/g, '')
}

/** Returns the one of the names that was probably meant: by a word of another tool, or by its spelling. */
export function meantName(name: string, names: readonly string[]): string | undefined {
  return meantByWord(name, names) ?? nearestName(name, names)
}

/** Returns the one of the names that other tools call so, or that differs in case and separators alone. */
export function meantByWord(name: string, names: readonly string[]): string | undefined {
  return names.find((one) => plain(one) === plain(name)) ?? known.get(plain(name))?.find((one) => names.includes(one))
}
