import { everywhere, held, heldBy, type Row, row } from './row.js'

const FILES = 'test/unit/cache/files.test.ts'
const COMPILED = 'test/hosts/compiled.test.ts'

/** Faults of what is around a run: the code of the program, its folder, its clock, its files. */
export const SURROUNDINGS: readonly Row[] = [
  row(
    'F73',
    'a callback of a run, a generator or a task that runs here: in whose async context it is called',
    everywhere(heldBy('test/unit/run/caller-context.test.ts', 'callbacks, and inputs of a run on ${backend}')),
  ),
  row(
    'F74',
    'the timers of the program are faked, or are not those of Node',
    everywhere(heldBy('test/hosts/fake-timers.test.ts', 'runs go on while the program fakes the global timers')),
  ),
  row(
    'F75',
    'the program changes its folder or its umask between runs; its folder is removed',
    everywhere(held(['folder/followed', 'folder/removed'])),
  ),
  row(
    'F76',
    'a lock whose owner cannot be looked up: another machine, another container, another start',
    everywhere(heldBy('test/unit/util/lease-file.test.ts', 'is held until its holder has been silent for a minute')),
  ),
  row(
    'F83',
    'the block of a pool ends beside runs, queues and calls that are left',
    everywhere(
      heldBy(
        'test/unit/api/blocks.test.ts',
        'with its own error, beside live runs and queues that nobody awaits: ${backend}',
      ),
    ),
  ),
  row(
    'F77',
    'results, log or cache over an input, by name, pattern or link',
    everywhere(
      heldBy(
        'test/e2e/output.test.ts',
        '-o and --log: never one of the inputs, by name, pattern or link, and nothing is touched',
      ),
    ),
  ),
  row('F34c', 'workers that end before they are ready: the error says why', everywhere(held('folder/saysWhy'))),
  row('F78', 'a file changes between its key and its read', everywhere(heldBy(FILES, 'of a run on ${backend}'))),
  row(
    'F79',
    'members that no literal shows: hidden ones, accessors, symbols, statics of compiled classes',
    everywhere(
      heldBy(COMPILED, 'members that were replaced or defined later, and inheritance by hand, travel as they are'),
    ),
  ),
]
