import { comingFrom } from './support/coming-from.js'

comingFrom('clips-and-tasks', {
  names: `task.Clipboard task.task taskList debug spam exception backtrace __meta__ config.timeout_sec runAll runOne
    task.parmap get set del keys getFullKeyList shallowCopy getSubclip unsetException pprint asString loadClipboard save
    parmap.map parmap.starmap map_async starmap_async pm_parallel pm_processes pm_chunksize pm_pool pm_pbar pm_callback
    pm_error_callback fargs engine timeout_sec n_worker on_error reporter`,
  prints: ['100 81', '[ 0, 1, null, 3 ]'],
  tests: 36,
})
