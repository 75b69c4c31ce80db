import '../compose.ts'
import { BatchRun } from './batch-run.ts'
import { openInputs } from './inputs/open-inputs.ts'
import { readsTerminal } from './inputs/reads-terminal.ts'
import { findTask } from './module/find-task.ts'
import { refuseOwnInput } from './output/refuse-own-input.ts'
import type { Screen } from './report/screen.ts'
import type { RunFlags } from './run-options.ts'

/** `manyhands run`: one function over many inputs. Resolves to the exit code. */
export async function runBatch(
  module: string,
  texts: readonly string[],
  flags: RunFlags,
  screen: Screen,
): Promise<number> {
  if (readsTerminal(texts, flags.literal)) screen.say('Reading inputs from the terminal, one a line; Ctrl-D ends them.')
  const task = await findTask(module)
  refuseOwnInput(flags.output, texts, flags.literal)
  const inputs = await openInputs(texts, flags, (message) => screen.warn(message))
  return new BatchRun(task, inputs, flags, screen).run()
}
