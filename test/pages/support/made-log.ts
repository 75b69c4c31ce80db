import { closeSync, openSync, writeSync } from 'node:fs'

const MB = 2 ** 20
const START = Date.UTC(2026, 10, 21, 8, 12, 22)
const STEPS = ['read', 'decode', 'resize', 'encode'] as const
const PLACES = ['alps', 'harbour', 'market', 'night', 'portraits', 'forest', 'studio', 'scans'] as const

type Failure = {
  state: 'failed' | 'timeout' | 'crashed'
  step: number
  name: string
  message: string
  frames: string[]
}

interface Slot {
  readonly slot: number
  worker: number
  /** When it is free again, in milliseconds from the start. */
  free: number
  memory: number
}

/** Numbers that are the same each time. */
class Random {
  #seed = 7

  /** From 0 to 1. */
  next(): number {
    this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) >>> 0
    return this.#seed / 2 ** 32
  }

  around(median: number, spread: number): number {
    const normal = Math.sqrt(-2 * Math.log(this.next() || 1e-9)) * Math.cos(2 * Math.PI * this.next())
    return median * Math.exp(spread * normal)
  }
}

/**
 * Writes the job log that a run of `tasks` photographs would leave: a pipeline of four steps on eight workers, with
 * failures of six kinds, retries, two deaths, a slow disk for a while, and one task that all wait for at the end.
 */
export function writeMadeLog(file: string, tasks: number): void {
  const log = new LineFile(file)
  const random = new Random()
  const command = ['thumbnails.ts#thumbnails', 'photos/**/*.jpg', '-o', 'thumbs.jsonl', '-j', '8', '--retries', '1']
  log.add({
    type: 'run',
    run: 'calm-otter-41',
    code: `sha256:${'a82fdafa'.repeat(8)}`,
    host: 'studio-3',
    started: START,
    name: 'thumbnails',
    total: tasks,
    backend: 'processes',
    workers: 8,
    functions: [{ name: 'thumbnails', steps: STEPS }],
    options: { workers: 8, concurrency: 1, retries: { times: 1 }, timeout: 10_000 },
    command: [...command, '--timeout', '10s', '--cache', '--report', 'run.html'],
    env: { manyhands: '0.1.0', node: '22.11.0', system: 'Linux 6.1 x86_64', cores: 8, memory: 32 * 1_024 * MB },
  })
  const slots = Array.from({ length: 8 }, (_, slot): Slot => {
    return { slot, worker: slot + 1, free: 180 + random.next() * 140, memory: 90 * MB }
  })
  const tellWorker = ({ slot, worker }: Slot, event: 'start' | 'exit', at: number, more: object = {}): void =>
    log.add({ type: 'worker', event, worker, slot, pid: 4_710 + worker, host: 'studio-3', at: START + at, ...more })
  for (const one of slots) tellWorker(one, 'start', one.free - 120)
  const again: { task: number; due: number }[] = []
  let [workers, sampled, hits] = [slots.length, 0, 0]
  for (let next = 0; next < tasks || again.length > 0;) {
    const one = slots.reduce((first, slot) => (slot.free < first.free ? slot : first))
    again.sort((a, b) => a.due - b.due)
    const [first] = again
    const retry = first !== undefined && first.due <= one.free ? again.shift() : undefined
    if (retry === undefined && next >= tasks) {
      one.free = (first?.due ?? 0) + 0.01
      continue
    }
    const task = retry?.task ?? next++
    const attempt = retry === undefined ? 1 : 2
    const share = task / tasks
    const about = { task, key: `sha256:${task}`, input: inputOf(task) }
    if (share > 0.3 && share < 0.5 && task % 11 === 3) {
      hits++
      log.add({ ...about, attempt: 0, state: 'cached', start: null, ms: null, worker: null })
      continue
    }
    const failure = failureOf(task, share, attempt)
    const steps = stepsOf(task, tasks, share, failure, random)
    const ms = steps.reduce<number>((sum, step) => sum + (step ?? 0), 0)
    const isAgain = failure !== undefined && attempt === 1
    log.add({
      ...about,
      attempt,
      state: failure?.state ?? 'ok',
      start: thousandth(START + one.free),
      ms: thousandth(ms),
      worker: one.worker,
      steps: steps.map((step) => step && thousandth(step)),
      ...(isAgain && { again: true }),
      ...(failure !== undefined && { step: STEPS[failure.step], error: errorOf(failure) }),
    })
    one.free += ms + 0.05
    one.memory += (random.next() - 0.36) * 1.1 * MB * (one.slot === 2 ? 3.3 : 1)
    if (isAgain) again.push({ task, due: one.free + (failure.step === 3 ? 3_000 : 1_000) + random.next() * 800 })
    if (failure?.state === 'crashed' || one.memory > 700 * MB) {
      tellWorker(one, 'exit', one.free, failure === undefined ? {} : { reason: 'out of memory' })
      Object.assign(one, { worker: ++workers, memory: 90 * MB, free: one.free + 160 + random.next() * 60 })
      tellWorker(one, 'start', one.free - 100)
    }
    if (one.free < sampled) continue
    const memory = slots.map((slot) => [slot.slot, Math.round(slot.memory + random.next() * 24 * MB)])
    log.add({ type: 'sample', at: START + sampled, running: 8, waiting: 0, read: next, rss: 180 * MB, memory })
    sampled += 500
  }
  const cache = { hits, joined: 0, misses: tasks - hits, savedMs: hits * 62, waitedMs: 0 }
  log.add({ type: 'end', at: START + Math.max(...slots.map(({ free }) => free)) + 90, cache })
  log.close()
}

function inputOf(task: number): string {
  return `photos/${PLACES[task % 8]}/IMG_${String(4_000 + task).padStart(5, '0')}.jpg`
}

/** What becomes of an attempt that does not succeed. */
function failureOf(task: number, share: number, attempt: number): Failure | undefined {
  const isFirst = attempt === 1
  const decode = ['decodeHeader (src/jpeg.ts:88:13)', 'parse (node_modules/jpeg-js/lib/decoder.js:825:13)']
  if (task % 131 === 7) {
    const message = `unknown JPEG marker 0x${(0xe0 + (task % 16)).toString(16)} at offset ${1_000 + task * 13}`
    return failed(1, 'SyntaxError', message, [...decode, 'decode (src/thumbnails.ts:31:18)'])
  }
  if (task % 613 === 100 && (isFirst || task % 2 === 0))
    return failed(0, 'Error', `ENOENT: no such file or directory, open '${inputOf(task)}'`, [
      'async open (node:internal/fs/promises:639:25)',
      'async read (src/thumbnails.ts:22:16)',
    ])
  if (task % 2_900 === 1_200)
    return failed(2, 'RangeError', `<script>alert(${task})</script> is no size`, ['resize (src/thumbnails.ts:44:11)'])
  if (share > 0.62 && share < 0.635 && (isFirst || task % 3 === 0))
    return failed(3, 'Error', 'ENOSPC: no space left on device, write', ['async encode (src/thumbnails.ts:57:9)'])
  if (task % 3_300 === 2_000) return { ...failed(1, 'TaskTimeoutError', 'took longer than 10 s', []), state: 'timeout' }
  if ((task === 3_100 || task === 7_777) && isFirst)
    return { ...failed(1, 'WorkerCrashedError', 'lost its worker: it ran out of memory', []), state: 'crashed' }
  return undefined
}

function failed(step: number, name: string, message: string, frames: string[]): Failure {
  return { state: 'failed', step, name, message, frames }
}

function errorOf({ name, message, frames }: Failure): object {
  return frames.length === 0
    ? { name, message }
    : { name, message, stack: [`${name}: ${message}`, ...frames].join('\n    at ') }
}

function stepsOf(task: number, tasks: number, share: number, failure: Failure | undefined, random: Random) {
  const slowDisk = share > 0.42 && share < 0.47 ? 9 : 1
  const steps = [
    random.around(3.3, 0.5) * slowDisk,
    random.around(29, 0.35) * (task % 97 === 5 ? 9 : 1),
    task === tasks - 70 ? 5_900 : random.around(15, 0.3),
    random.around(12, 0.4),
  ]
  if (failure?.state === 'timeout') steps[1] = 10_000
  return steps.map((step, s) => (failure !== undefined && s > failure.step ? null : step))
}

function thousandth(ms: number): number {
  return Math.round(ms * 1_000) / 1_000
}

/** A file of JSON lines. */
export class LineFile {
  readonly #fd: number
  #text = ''

  constructor(file: string) {
    this.#fd = openSync(file, 'w')
  }

  add(line: object): void {
    this.#text += `${JSON.stringify({ v: 2, ...line })}\n`
    if (this.#text.length > MB) this.#flush()
  }

  close(): void {
    this.#flush()
    closeSync(this.#fd)
  }

  #flush(): void {
    writeSync(this.#fd, this.#text)
    this.#text = ''
  }
}
