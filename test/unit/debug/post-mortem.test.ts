import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'

import { debugged } from './support/debugged.js'

interface Clip {
  readonly dark?: { readonly level: number }
}

function calibrate(clip: Clip, gain: number): number {
  const { dark } = clip
  return (dark as { level: number }).level / gain
}

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('the prompt at a throw', () => {
  it('stops at the line that threw, with the variables of each frame', async () => {
    const { verdict, screen, calls } = await debugged(
      () => {
        const clip: Clip = {}
        return calibrate(clip, 4)
      },
      'gain * 2',
      'up',
      'clip',
      'c',
    )
    assert.equal(verdict, 'continue')
    assert.equal(calls, 3)
    assert.match(
      screen,
      /^✖ fn\[3\] failed: TypeError: Cannot read properties of undefined \(reading 'level'\)\n {2}input \{ id: 3 \}\n/,
    )
    assert.match(screen, /▶ {2}0 {2}calibrate {3,}test\/unit\/debug\/post-mortem\.test\.ts:13:\d+\n {3}1 /)
    assert.match(screen, /▶ 13 │ {3}return \(dark as \{ level: number \}\)\.level \/ gain\n {5}│ +\^\n/)
    assert.match(screen, /\n {2}clip {2}\{\}\n {2}gain {2}4\n {2}dark {2}undefined\n/)
    assert.match(screen, /debug> gain \* 2\n8\n/)
    assert.match(screen, /debug> up\n▶ {2}1 .*\n(?:.*\n)*debug> clip\n\{\}\n/)
  })

  it('stops in an async function, also after it waited', async () => {
    const { screen } = await debugged(async () => {
      await soon()
      const clip: Clip = {}
      return calibrate(clip, 4)
    }, 'c')
    assert.match(screen, /▶ {2}0 {2}calibrate/)
  })

  it('does not stop at what is caught, even the same error at the same line', async () => {
    const { screen } = await debugged(
      () => {
        for (let time = 0; ; time++) {
          try {
            throw new RangeError('again')
          } catch (error) {
            if (time === 2) throw error
          }
        }
      },
      'time',
      'c',
    )
    assert.match(screen, /debug> time\n2\n/)
    assert.equal(screen.split('✖').length, 2)
    // Where it was first thrown, not where it was thrown again.
    assert.match(screen, /▶ \d+ │ +throw new RangeError\('again'\)\n/)
  })

  it('stops where plain values are thrown', async () => {
    const { screen } = await debugged(
      () => {
        const codes = [1, 2]
        for (const code of codes) {
          try {
            throw 'bad'
          } catch (error) {
            if (code === 2) throw error
          }
        }
      },
      'code',
      'c',
    )
    assert.match(screen, /failed: thrown: 'bad'/)
    assert.match(screen, /debug> code\n2\n/)
  })

  it('shows who waits where the runtime itself rejected', async () => {
    const load = async (path: string): Promise<string> => {
      return await readFile(path, 'utf8')
    }
    const { screen } = await debugged(async () => (await load('/nowhere/at-all')).length, 'path', 'where all', 'c')
    assert.match(screen, /▶ {2}0 {2}await in load /)
    assert.match(screen, /return await readFile\(path, 'utf8'\)/)
    assert.match(screen, /its variables are not kept/)
    assert.match(screen, /debug> path\n {2}it waits for the frame above: nothing can be evaluated here\n/)
    assert.match(screen, /debug> where all\n(?:.*\n)* .* node:internal/)
  })

  it('tells the causes', async () => {
    const { screen } = await debugged(() => {
      throw new Error('cannot load', { cause: new SyntaxError('bad \u001B[31mrow') })
    }, 'c')
    assert.match(screen, /failed: Error: cannot load\n {2}caused by SyntaxError: bad ␛\[31mrow\n/)
  })

  it('goes to frames by number, and says where the stack ends', async () => {
    const { screen } = await debugged(
      () => calibrate({}, 1),
      'down',
      'up 7',
      'frame 1',
      'u 9',
      'd',
      'help',
      'locals',
      'c',
    )
    assert.match(screen, /debug> down\n {2}this is where it threw\n/)
    assert.match(screen, /debug> up 7\n {2}frames go from 0 to \d\n/)
    assert.match(screen, /debug> frame 1\n▶ {2}1 /)
    assert.match(screen, /debug> d\n▶ {2}0 {2}calibrate/)
    assert.match(screen, /debug> help\n {2}w {2}where/)
    assert.match(screen, /debug> locals\n {2}clip /)
    assert.match(screen, /^words where .* clip gain dark$/m)
  })

  it('evaluates anything, also what changes variables or fails', async () => {
    const { screen } = await debugged(
      () => calibrate({}, 1),
      'gain = 5',
      'gain + 1',
      'nothing.here',
      'p up = ',
      'new Map([[1, { a: [1, 2, { b: 1 }] }]])',
      'c',
    )
    assert.match(screen, /debug> gain \+ 1\n6\n/)
    assert.match(screen, /debug> nothing\.here\nReferenceError: nothing is not defined\n/)
    assert.match(screen, /debug> p up = \nSyntaxError: /)
    assert.match(screen, /\nMap\(1\) \{\n {2}1 => \{ a: \[ 1, 2, \{ b: 1 \} \] \}\n\}\n/)
  })

  for (const [typed, verdict] of [
    ['r', 'retry'],
    ['q', 'quit'],
    ['continue', 'continue'],
  ] as const) {
    it(`${typed} decides: ${verdict}`, async () => {
      assert.equal((await debugged(() => calibrate({}, 1), typed)).verdict, verdict)
    })
  }

  it('takes the end of what is typed for quit', async () => {
    assert.equal((await debugged(() => calibrate({}, 1))).verdict, 'quit')
  })
})

describe('what cannot be stopped at', () => {
  it('says so where it does not fail again', async () => {
    let times = 0
    const once = (): void => {
      if (times++ === 0) throw new Error('only once')
    }
    const { verdict, screen, calls } = await debugged(once, 'times', 'r')
    assert.equal(verdict, 'retry')
    assert.equal(calls, 2)
    assert.match(
      screen,
      /Error: only once\n {2}input .*\n {2}cannot stop where it was thrown: it did not fail again\n {4}at once /,
    )
    assert.match(screen, /debug> times\n {2}there is no frame\n/)
  })

  it('says so where the stack is full', async () => {
    const deep = (n: number): number => deep(n + 1) + 1
    const { verdict, screen } = await debugged(() => deep(0), 'c')
    assert.equal(verdict, 'continue')
    assert.match(
      screen,
      /RangeError: Maximum call stack .*\n {2}input .*\n {2}cannot stop where it was thrown: the engine/,
    )
  })

  it('stops where it fails now, and tells that this is another error', async () => {
    let times = 0
    const { screen } = await debugged(
      () => {
        const time = ++times
        if (time === 1) throw new Error('first')
        throw new TypeError(`then ${time}`)
      },
      'time',
      'c',
    )
    assert.match(screen, /failed: Error: first\n {2}input .*\n {2}this time TypeError: then 3\n/)
    assert.match(screen, /debug> time\n3\n/)
  })
})
