import { AsyncLocalStorage } from 'node:async_hooks'

import { PACKAGE_ROOT } from '../util/own-package.ts'
import { ControllerThread } from './controller-thread.ts'
import { describeFailedCall, type FailedCall, type Verdict } from './failed-call.ts'
import type { ControllerStart } from './messages.ts'
import { Replay } from './replay.ts'
import { isInteractive, tell } from './streams.ts'

/** A call may fail differently when it runs again; it is repeated at most this often. */
const MAX_REPLAYS = 3

const replaying = new AsyncLocalStorage<true>()
let last: Promise<unknown> = Promise.resolve()

/**
 * Calls a failed function again in this thread and stops at the line that threw, in a prompt on the terminal. Without a
 * terminal it prints the stack with its variables. Resolves to the user's decision, or `'continue'` if no one could
 * decide.
 *
 * `call` repeats the failed call, with inputs of its own. It is called once to learn which of the thrown errors leaves
 * it, and once to stop there: it must fail again for the same reason. Only one post-mortem runs at a time; a failure
 * inside of a replay is not stopped at. Costs about 50 ms beside the calls.
 *
 * @throws {UnsupportedError} if the runtime has no inspector.
 */
export function postMortem(call: () => unknown, failed: FailedCall, entry?: URL): Promise<Verdict> {
  // A task that itself runs a map under the debugger: this is the replay of the outer one.
  if (replaying.getStore() === true) return Promise.resolve('continue')
  const next = last.then(() => examine(call, failed, entry))
  last = next.catch(() => {})
  return next
}

async function examine(call: () => unknown, failed: FailedCall, entry: URL | undefined): Promise<Verdict> {
  const mode = failed.inspect ? 'inspect' : isInteractive() || entry !== undefined ? 'prompt' : 'print'
  const failure = describeFailedCall(failed)
  const start: ControllerStart = { failure, stack: stackOf(failed), mode, own: PACKAGE_ROOT.href }
  if (mode === 'prompt') tell('dim', `${failed.name} failed: calling it again, to stop where it throws`)
  const controller = await ControllerThread.start(start, entry)
  try {
    const replay = new Replay(failed.locate)
    for (let time = 1; time <= MAX_REPLAYS; time++) {
      const replayed = await replaying.run(true, () => replay.run(call))
      if (replayed === 'stopped') return await controller.verdict()
      if (replayed === 'succeeded') return await controller.ask('it did not fail again')
      if (replayed === 'unseen') return await controller.ask('the engine stops at no error of this kind')
    }
    return await controller.ask('it failed elsewhere each time')
  } finally {
    await controller.end()
  }
}

function stackOf({ thrown, mapStack }: FailedCall): string {
  return thrown instanceof Error && typeof thrown.stack === 'string' ? mapStack(thrown.stack) : ''
}
