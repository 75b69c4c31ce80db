import assert from 'node:assert/strict'
import { existsSync, readdirSync, readlinkSync, writeFileSync, writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

import { type LogRecord, type LogsOption, map } from 'manyhands'

import { type BackendName, type CaseFunction, markOf } from '../case.js'

const MILLION = 1_000_000
const MB = 1_000_000
const LINE = 'x'.repeat(80)

export function flood(lines: number): number {
  for (let i = 0; i < lines; i++) console.log(`${i} ${LINE}`)
  return memory()
}

/** Prints megabytes without the end of a line, some at a time. */
export function endless(megabytes: number, each: number): number {
  const piece = 'y'.repeat(each * MB)
  for (let i = 0; i < megabytes; i += each) process.stdout.write(piece)
  return memory()
}

export function binary(megabytes: number): number {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
  const piece = Buffer.concat(Array.from({ length: 100 }, () => bytes))
  for (let i = 0; i < (megabytes * MB) / piece.length; i++) process.stdout.write(piece)
  return memory()
}

/** Prints characters of several bytes, cut anywhere. */
export function halves(times: number): number {
  const bytes = Buffer.from('€ä😀'.repeat(7))
  for (let i = 0; i < times; i++) {
    const cut = i % bytes.length
    process.stdout.write(bytes.subarray(0, cut))
    process.stdout.write(bytes.subarray(cut))
  }
  return memory()
}

/** Megabytes that this process has had, at most. */
function memory(): number {
  return process.resourceUsage().maxRSS / 1024
}

/** What a run prints, looked at as it comes. */
class Watched {
  chars = 0
  lines = 0
  /** The first line that is not what comes after the one before. */
  wrong: string | undefined
  #rest = ''

  readonly take = ({ text }: { text: string }): void => {
    this.chars += text.length
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() as string
    for (const line of lines) if (line !== `${this.lines++} ${LINE}`) this.wrong ??= line
  }
}

/** Runs a task and fails if host or worker grow by more than so many megabytes. */
async function bounded<A extends readonly unknown[]>(
  backend: BackendName,
  most: number,
  fn: (...args: A) => number,
  args: A,
  logs: LogsOption,
): Promise<void> {
  await map([0], flood, { backend, logs: 'off', workers: 1 })
  const before = memory()
  const [worker = 0] = await map([args], fn, { backend, spread: true, logs, workers: 1 } as never)
  const grown = Math.max(memory() - before, worker - before)
  assert.ok(grown < most, `${fn.name} took ${grown.toFixed()} MB`)
}

/** F30: a million lines: each is there, once, in order; neither host nor worker take more memory. */
export const aMillionLines: CaseFunction = async ({ backend, note }) => {
  for (const kind of ['as they come', 'ordered'] as const) {
    const watched = new Watched()
    const logs = kind === 'ordered' ? { ordered: watched.take } : watched.take
    await bounded(backend, 150, flood, [MILLION], logs)
    assert.deepEqual([watched.lines, watched.wrong], [MILLION, undefined], kind)
  }
  const started = performance.now()
  await map([MILLION], flood, { backend, workers: 1, logs: 'off' })
  note('ms', performance.now() - started)
}

/** F30: a hundred megabytes without a line, in one text and in many. */
export const withoutLines: CaseFunction = async ({ backend }) => {
  for (const each of [1, 100]) {
    const watched = new Watched()
    const logs = ({ text }: { text: string }): void => void (watched.chars += text.length)
    // One text of 100 MB is a buffer of as much on its way, and the task's own.
    await bounded(backend, each === 1 ? 150 : 450, endless, [100, each], logs)
    assert.equal(watched.chars, 100 * MB)
  }
}

/** F30: bytes that are no text, and characters in halves. */
export const noText: CaseFunction = async ({ backend }) => {
  const binaryOutput = new Watched()
  await bounded(backend, 150, binary, [20], (record) => void (binaryOutput.chars += record.text.length))
  assert.ok(binaryOutput.chars >= 20 * MB * 0.5, `${binaryOutput.chars}`)
  let text = ''
  await bounded(backend, 150, halves, [10_000], (record) => void (text += record.text))
  assert.ok(text === '€ä😀'.repeat(70_000), 'a character broke')
}

/** F30: a slow first task, while others print what must wait for it: memory is bounded, all comes, in order. */
export const heldBack: CaseFunction = async ({ backend, folder }) => {
  const [done, first] = [markOf(folder, 'done'), markOf(folder, 'first')]
  const work = async (input: number, release: string, started: string): Promise<number> => {
    if (input === 0) {
      console.log('first')
      writeFileSync(started, '')
      while (!existsSync(release)) await sleep(2)
    } else {
      while (!existsSync(started)) await sleep(2)
      for (let i = 0; i < MILLION / 2; i++) console.log(`${(input - 1) * (MILLION / 2) + i} ${LINE}`)
      if (input === 2) writeFileSync(release, '')
    }
    return input
  }
  const watched = new Watched()
  let said = ''
  const take = (record: { index: number | undefined; text: string }): void => {
    if (record.index === 0) said += record.text
    else watched.take(record)
  }
  const options = { backend, batch: 1, concurrency: 2, workers: 2, args: [done, first] } as const
  const before = memory()
  assert.deepEqual(await map([0, 1, 2], work as never, { ...options, logs: { ordered: take } }), [0, 1, 2])
  assert.equal(said, 'first\n')
  assert.deepEqual([watched.lines, watched.wrong], [MILLION, undefined])
  assert.ok(memory() - before < 250, `the host took ${(memory() - before).toFixed()} MB`)
}

/** F30: the host is killed while it holds what must wait on disk. */
export const killedWhileHolding: CaseFunction = async ({ backend }) => {
  const work = async (input: number): Promise<void> => {
    if (input === 0) await new Promise((resolve) => setTimeout(resolve, 2 ** 30))
    flood(MILLION / 4)
  }
  const options = { backend, batch: 1, concurrency: 2, workers: 2, logs: { ordered: () => {} } } as const
  await map([0, 1], work, {
    ...options,
    onEvent: (event) => {
      if (event.type !== 'done') return
      if (process.platform === 'linux')
        assert.ok(
          openFiles().some((file) => file.includes('manyhands-')),
          'not on disk',
        )
      process.kill(process.pid, 'SIGKILL')
    },
  })
}

/** What this process has open. Only Linux tells. */
function openFiles(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)]
    } catch {
      // The one by which they were listed.
      return []
    }
  })
}

export function printAndDie(how: 'exit' | 'abort' | 'SIGSEGV' | 'SIGKILL', lines: number): void {
  for (let i = 0; i < lines; i++) console.log(`${i} ${LINE}`)
  if (how === 'exit') process.exit(3)
  if (how === 'abort') process.abort()
  process.kill(process.pid, how)
  for (;;);
}

/** F30: what was printed before a worker died is kept. */
async function keptAfter(backend: BackendName, ways: readonly Parameters<typeof printAndDie>[0][]): Promise<void> {
  for (const how of ways) {
    for (const lines of [1, 10_000]) {
      const watched = new Watched()
      const options = { backend, workers: 1, workerDeaths: 0, onError: 'return', spread: true } as const
      // Node has something to say about `abort`, too.
      const ordered = (record: LogRecord): void => void (record.level === 'log' && watched.take(record))
      await map([[how, lines]] as never, printAndDie as never, { ...options, logs: { ordered } })
      assert.deepEqual([watched.lines, watched.wrong], [lines, undefined], how)
    }
  }
}

export const keptAfterExit: CaseFunction = ({ backend }) => keptAfter(backend, ['exit'])

export const keptAfterDeath: CaseFunction = ({ backend }) => keptAfter(backend, ['exit', 'abort', 'SIGSEGV', 'SIGKILL'])

export function printBeside(megabytes: number): void {
  const piece = Buffer.from('€'.repeat(Math.floor(MB / 3)))
  for (let i = 0; i < megabytes; i++) {
    for (let at = 0; at < piece.length;) {
      try {
        at += writeSync(1, piece, at)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      }
    }
  }
}

/** F30: what does not go through the console, as native code prints: characters stay whole, none is lost. */
export const besideTheConsole: CaseFunction = async ({ backend }) => {
  const watched = new Watched()
  const isWhole = /^€*$/
  const logs = ({ text }: { text: string }): void => {
    watched.chars += text.length
    if (!isWhole.test(text)) watched.wrong ??= text
  }
  const before = memory()
  await map([50], printBeside, { backend, logs, workers: 1 })
  const all = 50 * Math.floor(MB / 3)
  while (watched.chars < all) await sleep(2)
  assert.deepEqual([watched.chars, watched.wrong], [all, undefined])
  assert.ok(memory() - before < 150, `the host took ${(memory() - before).toFixed()} MB`)
}

/** The same in the process of the host: it goes where the host's own output goes. */
export const besideTheConsoleOfTheHost: CaseFunction = async ({ backend }) => {
  const watched = new Watched()
  await map([1], printBeside, { backend, logs: watched.take, workers: 1 })
  assert.equal(watched.chars, 0)
}
