import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { Verdict } from '#manyhands/debug/failed-call.js'
import { postMortem } from '#manyhands/debug/post-mortem.js'
import { Scratch } from '#manyhands/testing/scratch.js'

/** What came of a failed call under the debugger. */
export interface Debugged {
  readonly verdict: Verdict
  /** What the terminal showed. */
  readonly screen: string
  /** How often the function was called in all. */
  readonly calls: number
}

/** Calls a function that fails, then debugs it; these lines are typed. */
export async function debugged(fn: () => unknown, ...typed: string[]): Promise<Debugged> {
  using scratch = new Scratch()
  const file = join(scratch.folder, 'screen')
  const module = new URL('scripted-controller.js', import.meta.url).href
  const code = `import { serve } from ${JSON.stringify(module)}; await serve(${JSON.stringify(typed)}, ${JSON.stringify(file)})`
  let calls = 0
  const call = (): unknown => {
    calls++
    return fn()
  }
  const thrown = await failureOf(call)
  const failed = {
    name: 'fn[3]',
    input: { id: 3 },
    thrown,
    locate: () => undefined,
    mapStack: (stack: string) => stack,
    inspect: false,
  }
  const verdict = await postMortem(call, failed, new URL(`data:text/javascript,${encodeURIComponent(code)}`))
  return { verdict, screen: await readFile(file, 'utf8'), calls }
}

async function failureOf(call: () => unknown): Promise<unknown> {
  try {
    await call()
  } catch (thrown) {
    return thrown
  }
  throw new Error('it did not fail')
}
