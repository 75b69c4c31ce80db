import '../../compose.ts'
import { CallsOf } from '../../cache/calls-of.ts'
import { identify } from '../../cache/identify.ts'
import { newCounts } from '../../cache/store/cache-report.ts'
import { openStore } from '../../cache/store/open-store.ts'
import { Explainer } from '../../cache/why.ts'
import { constantsOf } from '../flags/map-options.ts'
import { CACHE_DIR, type RunFlags } from '../flags/run-flags.ts'
import { openInputs } from '../inputs/open-inputs.ts'
import { findTask } from '../module/find-task.ts'
import { taskOf } from '../module/task-of.ts'
import { labelOf } from '../report/label-of.ts'
import type { Screen } from '../report/screen.ts'

/** `manyhands cache why`: shows for each input if its result is stored, or why it is not. Prints to stdout. */
export async function whyNotCached(
  module: string,
  texts: readonly string[],
  flags: RunFlags,
  screen: Screen,
): Promise<void> {
  const task = taskOf(await findTask(module), { batched: flags.batched })
  const location = { dir: flags.cache ?? CACHE_DIR }
  const store = openStore(location)
  const wrapped = { fn: task, cache: { location, counts: newCounts() }, rules: {} }
  const calls = new CallsOf(await identify(task), wrapped, constantsOf(flags))
  const explainer = new Explainer(store)
  const inputs = await openInputs(texts, flags, {
    warn: (message) => screen.warn(message),
    onBadRow: ({ position, message }) => screen.warn(`${position}: ${message}`),
  })
  for await (const input of inputs.items) {
    const key = calls.keyOf(flags.spread && Array.isArray(input) ? input : [input])
    const state = store.head(key.key) === undefined ? explainer.why(key, calls.identity) : 'hit'
    console.log(flags.json ? JSON.stringify({ input, state, key: key.key }) : `${state.padEnd(30)} ${labelOf(input)}`)
  }
}
