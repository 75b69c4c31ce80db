import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import type { Answer, Connection } from '#manyhands/backends/nats/connection/connection.js'
import type { ClientSession } from '#manyhands/backends/nats/sessions/session-watch.js'
import { SessionWatch } from '#manyhands/backends/nats/sessions/session-watch.js'

/** One agent with one busy session; what it answers in turn, the last for ever. Resolves after so many questions. */
async function watched(answers: readonly Answer[], questions: number): Promise<{ lost: number; asked: number }> {
  let asked = 0
  let lost = 0
  const end = {
    session: 's',
    agent: 'a',
    isBusy: true,
    channel: { taken: 0, heardAt: 0, compare: () => {} },
    lost: () => {},
  } as unknown as ClientSession
  await new Promise<void>((resolve) => {
    const ask = async (): Promise<Answer> => {
      if (++asked === questions) setImmediate(resolve)
      return answers[Math.min(asked, answers.length) - 1] as Answer
    }
    const connection = { ask, isSettled: true } as unknown as Connection
    const forget = (): void => {
      lost++
      watch.remove(end)
      resolve()
    }
    const watch = new SessionWatch(connection, { subjectOf: (agent) => agent, lost: forget })
    watch.add(end)
  })
  return { lost, asked }
}

const HERE = new TextEncoder().encode('{"sync":[["s",0]]}')

describe('the watch over agents', () => {
  // Its timers do not keep a process alive.
  const alive = setInterval(() => {}, 1_000)

  it('gives up one that is absent twice in a row, with nothing asked between', async () => {
    assert.deepEqual(await watched([HERE, 'nobody'], 10), { lost: 1, asked: 3 })
  })

  it('keeps one that was absent for a moment', async () => {
    assert.deepEqual(await watched(['nobody', HERE, 'nobody', HERE, 'nobody', HERE], 7), { lost: 0, asked: 7 })
  })

  it('keeps one that is silent now and then', async () => {
    assert.deepEqual(await watched([...Array<Answer>(19).fill('silence'), HERE], 22), { lost: 0, asked: 22 })
    clearInterval(alive)
  })
})
