import { CACHE_FAULTS, FORGED_CACHE } from './cache-faults.js'
import { JOURNAL_FAULTS } from './journal-faults.js'
import { dies, everywhere, held, heldBy, heldEnding, limit, mayAbort, type Row, row, workersOnly } from './row.js'
import { SURROUNDINGS } from './surroundings.js'

const NO_WORKER = 'tasks run in the thread of the host: there is no worker to lose'
const SMALL_HEAP = { execArgv: ['--max-old-space-size=64'] }
const NODE_MAJOR = Number.parseInt(process.versions.node, 10)
const MAY_ABORT = 'where one allocation is too large V8 aborts the process, whatever the limits of the thread'
const OWN_STREAMS = "the streams are those of the host: what is written to them past the console is nobody's"
const ONE_PROCESS = 'a thread is part of its process: what ends the process ends the host'

const FRAMES = 'test/properties/frames.test.ts'
const FORGED = 'test/unit/pool/forged.test.ts'
/** Few enough that a case can take them all. */
const FEW_FILES = { openFiles: 100 }
/** A thread that Node starts without descriptors may hang in Node: the pool gives it up after a minute. */
const MAY_HANG = { limit: 200_000 }
/** Where Node has no descriptors for the pipes of a process it leaves their handles. */
const NODE_LEAVES_PIPES = { handles: ['PipeWrap'] }

/** Every fault that is tested, on every backend: held, or a limit and what happens instead. */
export const FAULTS: readonly Row[] = [
  row(
    'F1',
    'throws null, undefined, a text, a number',
    everywhere(held(['throwing/anything', 'throwing/anythingInCalls'])),
  ),
  row('F2', 'throws a subclass with cause, code, own fields; an AggregateError', everywhere(held('throwing/rich'))),
  row('F3', 'throws what cannot be cloned', everywhere(held('throwing/uncloneable'))),
  row('F4', 'returns what cannot be cloned', everywhere(held('values/unreturnables'))),
  row('F5', 'returns dates, maps, sparse arrays, cycles', everywhere(held('values/roundTrip'))),
  row('F6', 'an argument that cannot be cloned', everywhere(held(['values/unsendable', 'values/movedTwice']))),
  row(
    'F7',
    'process.exit, and an exit code',
    workersOnly(held('dying/exits'), limit(NO_WORKER, 'dying/exitEndsTheHost', dies({ code: 3 }))),
  ),
  row('F8', 'abort, a segmentation fault, SIGKILL from outside', {
    serial: limit(NO_WORKER, 'dying/abortEndsTheHost', dies({ signal: 'SIGABRT' })),
    threads: limit(ONE_PROCESS, 'dying/segfaultEndsTheHost', dies({ signal: 'SIGSEGV' })),
    processes: held(['dying/signals', 'dying/killedFromOutside']),
  }),
  row('F9', 'the heap is full', {
    serial: limit(NO_WORKER, 'dying/outOfMemoryEndsTheHost', dies({ signal: 'SIGABRT' }), SMALL_HEAP),
    threads: NODE_MAJOR === 24 ? limit(MAY_ABORT, 'dying/outOfMemory', mayAbort()) : held('dying/outOfMemory'),
    processes: held('dying/outOfMemory'),
  }),
  row('F9b', 'the heap is full, at once', {
    serial: limit(NO_WORKER, 'dying/outOfMemoryEndsTheHost', dies({ signal: 'SIGABRT' }), SMALL_HEAP),
    threads: limit(MAY_ABORT, 'dying/outOfMemoryAtOnce', mayAbort()),
    processes: held('dying/outOfMemoryAtOnce'),
  }),
  row('F10', 'memory outside of the heap grows', {
    serial: limit('the memory of the tasks is the host’s own', 'memory/notWatched'),
    threads: limit('a thread’s buffers are counted when its task has ended: then it is replaced', 'memory/grown'),
    processes: held('memory/growing'),
  }),
  row('F11', 'an endless loop', {
    serial: limit('a loop in the thread of the host cannot be stopped', 'hanging/blocksTheHost'),
    threads: held(['hanging/endless', 'hanging/endlessCalls']),
    processes: held(['hanging/endless', 'hanging/endlessCalls']),
  }),
  row('F12', 'blocked in a native call', {
    serial: limit('a call in the thread of the host cannot be stopped', 'hanging/nativeCallBlocksTheHost'),
    threads: limit(
      'a thread ends when its native call does: the task fails on time, closing waits',
      'hanging/nativeCall',
    ),
    processes: held('hanging/nativeCallIsKilled'),
  }),
  row('F13', 'a promise that never settles', everywhere(held('hanging/neverResolves'))),
  row('F14', 'an error after the result', everywhere(held('late/afterTheResult'))),
  row(
    'F15',
    'an error of one task while another runs',
    everywhere(held(['late/whileAnotherRuns', 'late/whileItRuns'])),
  ),
  row(
    'F16',
    'a task that kills each worker it meets',
    workersOnly(
      held(['dying/poison', 'dying/atMostOnce']),
      limit(NO_WORKER, 'dying/exitEndsTheHost', dies({ code: 3 })),
    ),
  ),
  row(
    'F17',
    'batch-mates of a task that dies',
    workersOnly(held('dying/batchMates'), limit(NO_WORKER, 'dying/exitEndsTheHost', dies({ code: 3 }))),
  ),
  row('F18', 'a module that throws, never ends, is missing, or is no JavaScript', {
    serial: held(['loading/broken', 'loading/brokenManyTimes', 'loading/stuck']),
    threads: held(['loading/broken', 'loading/brokenManyTimes', 'loading/stuck']),
    processes: held(['loading/broken', 'loading/brokenManyTimes', 'loading/stuck']),
  }),
  row(
    'F18b',
    'a module that ends its worker when it is loaded',
    workersOnly(held('loading/exitsWhileLoading'), limit(NO_WORKER, 'loading/exitsWhileLoading', dies({ code: 6 }))),
  ),
  row('F19', 'an export that is missing, no function, or inherited', everywhere(held('loading/noSuchExport'))),
  row('F20', 'init throws or hangs', everywhere(held(['loading/initFails', 'loading/poolInitFails']))),
  row('F21', 'inputs that throw midway', everywhere(held(['inputs/broken', 'inputs/odd', 'inputs/closedByFailure']))),
  row('F22', 'the consumer leaves or throws midway', {
    serial: held('inputs/leaving'),
    threads: held(['inputs/leaving', 'inputs/leavingBlocked']),
    processes: held(['inputs/leaving', 'inputs/leavingBlocked']),
  }),
  row('F23', 'a slow consumer', everywhere(held(['inputs/slowConsumer', 'inputs/slowConsumerOfLargeResults']))),
  row('F24', 'a million tasks', everywhere(held('inputs/aMillion'))),
  row('F25', 'inputs without an end', everywhere(held('memory/endless'))),
  row(
    'F26',
    'a signal before, at the start, midway, after the end',
    everywhere(held(['aborting/anyTime', 'aborting/manyRuns', 'aborting/whileBlocked'])),
  ),
  row(
    'F27',
    'the command gets a signal, at any moment',
    everywhere(
      heldBy(
        'test/e2e/moments.test.ts',
        '${signal} at any moment of a run: the log is whole, and --resume does the rest',
      ),
    ),
  ),
  row(
    'F28',
    'the host is killed',
    everywhere(
      heldEnding(['host/killedWhileBusy', 'host/killedWhileWaiting', 'host/killedWhileIdle'], { signal: 'SIGKILL' }),
    ),
  ),
  row('F28b', 'the host is killed, and tasks had started processes', {
    serial: limit(
      'what a task starts is a child of the host',
      'host/killedWithGrandchildren',
      dies({ signal: 'SIGKILL' }, 2),
    ),
    threads: limit(
      'what a task starts is a child of the host',
      'host/killedWithGrandchildren',
      dies({ signal: 'SIGKILL' }, 2),
    ),
    processes: heldEnding('host/killedWithGrandchildren', { signal: 'SIGKILL' }),
  }),
  row('F29', 'a worker is frozen', {
    serial: limit('the host is frozen with its tasks: it goes on where it was', 'frozen/hostFrozen'),
    threads: limit('a thread cannot be frozen alone: the host goes on where it was', 'frozen/hostFrozen'),
    processes: held([
      'frozen/stopped',
      'frozen/stoppedAgain',
      'frozen/busyIsNotFrozen',
      'frozen/allFrozen',
      'frozen/hostFrozen',
    ]),
  }),
  row(
    'F31',
    'nobody reads the results any more',
    everywhere(heldBy('test/e2e/output.test.ts', '| head ends it quietly')),
  ),
  row('F32', 'a task writes to the channels of its worker, closes them, or patches what speaks there', {
    serial: held('channel/ownThings'),
    threads: held('channel/ownThings'),
    processes: held(['channel/descriptors', 'channel/ownThings']),
  }),
  row(
    'F30',
    'prints a million lines, 100 MB without a line, binary, half characters',
    everywhere(
      held(['printing/aMillionLines', 'printing/withoutLines', 'printing/noText', 'printing/heldBack'], {
        limit: 180_000,
      }),
    ),
  ),
  row('F30b', 'prints, and dies', {
    serial: limit(NO_WORKER, 'dying/exitEndsTheHost', dies({ code: 3 })),
    threads: held('printing/keptAfterExit'),
    processes: held('printing/keptAfterDeath'),
  }),
  row(
    'F30c',
    'the host is killed while it keeps what tasks printed on disk',
    everywhere(heldEnding('printing/killedWhileHolding', { signal: 'SIGKILL' })),
  ),
  row('F30d', 'prints past the console, as native code does', {
    serial: limit(OWN_STREAMS, 'printing/besideTheConsoleOfTheHost'),
    threads: limit(OWN_STREAMS, 'printing/besideTheConsoleOfTheHost'),
    processes: held('printing/besideTheConsole'),
  }),
  row('F33', 'very large values', everywhere(held(['values/large', 'values/tooLarge'], { limit: 180_000 }))),
  row('F34', 'workers cannot be started', {
    serial: held('starting/nothingToStart', FEW_FILES),
    threads: held(['starting/roomForSome', 'starting/roomForNone'], { ...FEW_FILES, ...MAY_HANG }),
    processes: held(['starting/roomForSome', 'starting/roomForNone'], FEW_FILES, NODE_LEAVES_PIPES),
  }),
  row('F34b', 'there is no program to start as a worker', {
    serial: held('starting/nothingToStart', FEW_FILES),
    threads: held('starting/programGone'),
    processes: held('starting/noProgram'),
  }),
  row(
    'F35',
    'a container with a share of a core',
    everywhere(heldBy('test/unit/util/available-cores.test.ts', 'are at least one, where the quota is less')),
  ),
  row(
    'F36',
    'the disk is full, or may not be written',
    everywhere(
      heldBy('test/e2e/disk.test.ts', 'a full disk ends the run with one clear line, for results and for the log'),
    ),
  ),
  row(
    'F37',
    'two runs into one output, or one log',
    everywhere(heldBy('test/e2e/resume.test.ts', 'a second run into the same file, or log, is refused')),
  ),
  ...CACHE_FAULTS,
  ...JOURNAL_FAULTS,
  row('F46', 'names that pollute prototypes', everywhere(held('values/pollution'))),
  row(
    'F46b',
    'parts of messages that pollute prototypes',
    everywhere(heldBy(FRAMES, 'are put in or refused, and change nothing else')),
  ),
  row('F47', 'random bytes, another version, impossible lengths and depths on the wire', {
    serial: heldBy(FORGED, 'is refused where it is of another version of the protocol'),
    threads: heldBy(FORGED, 'is refused where it is of another version of the protocol'),
    processes: held('forging/frames'),
  }),
  row(
    'F47b',
    'a channel that carries what it should not',
    everywhere(heldBy(FRAMES, 'delivers what came before a byte that was changed, whole')),
  ),
  row(
    'F48',
    'results of tasks that are unknown, finished, or another worker’s',
    everywhere(heldBy(FORGED, 'counts for nothing')),
  ),
  row(
    'F49',
    'what tasks print, throw or get holds escape sequences',
    everywhere(heldBy('test/e2e/failures.test.ts', 'what a task throws cannot write to the terminal')),
  ),
  row('F50', 'secrets in the environment', everywhere(held('secrets/environment'))),
  row(
    'F67',
    'names of runs that lead out of their folder',
    everywhere(heldBy('test/e2e/disk.test.ts', 'a name of a run leads nowhere else')),
  ),
  row(
    'F68',
    'a folder for job logs that belongs to somebody else',
    everywhere(heldBy('test/e2e/disk.test.ts', 'a folder of somebody else is not written to')),
  ),
  row(
    'F85',
    'other pages of the browser, and other programs of the machine, that ask a dashboard',
    everywhere(heldBy('test/pages/dashboard.test.ts', 'refuses those who have none, or another')),
  ),
  row(
    'F84',
    'markup, control characters and endless texts in a job log: its report',
    everywhere(
      heldBy(
        'test/pages/hostile-logs.test.ts',
        'runs nothing, asks for nothing and stays in its box: ${JSON.stringify(text(0).slice(0, 24))}',
      ),
    ),
  ),
  FORGED_CACHE,
  row('F70', 'pools inside of tasks', everywhere(held('host/nested'))),
  row(
    'F71',
    'ten thousand failures',
    everywhere(heldBy('test/e2e/disk.test.ts', 'ten thousand failures are summed up, and all are in the log')),
  ),
  row('F72', 'the host exits or throws during a run', everywhere(heldEnding('host/exits', { code: 7 }))),
  row('F72c', 'the host exits during native calls', {
    serial: limit(
      'the host itself is in the call: it can leave when that ends',
      'host/exitsDuringNativeCall',
      dies({ code: 7 }),
    ),
    threads: limit(
      'a thread ends when its native call does, and so does the host',
      'host/exitsDuringNativeCall',
      dies({ code: 7 }),
    ),
    processes: heldEnding('host/exitsDuringLongNativeCall', { code: 7 }),
  }),
  row('F72b', 'the host throws during a run', everywhere(heldEnding('host/throws', { code: 1 }))),
  ...SURROUNDINGS,
  row(
    'left',
    'threads, processes and handles after closing',
    everywhere(
      held([
        'closing/afterFaults',
        'closing/whileBusy',
        'closing/whileStarting',
        'closing/finishesFirst',
        'closing/idle',
      ]),
    ),
  ),
]
