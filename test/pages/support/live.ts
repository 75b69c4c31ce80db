import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import type { Browser, BrowserContextOptions } from 'playwright-core'

import { type Change, changed, type Json } from '#manyhands/view/live/changes.js'
import type { LiveState } from '#manyhands/view/live/messages.js'

import { LONGEST_MS, type OpenPage, watchPage } from './browser.js'
import { writeMadeLog } from './made-log.js'

const MAIN = fileURLToPath(new URL('../../../../dist/cli/main.js', import.meta.url))

/** A dashboard that the command serves. */
export interface Served extends AsyncDisposable {
  /** Its address, with the token. */
  readonly url: URL
  readonly token: string
  /** Ends it as Ctrl-C does. Resolves to its exit code. */
  interrupt(): Promise<number | null>
}

/** Starts `manyhands dashboard` in a folder, and waits until it serves. */
export async function serve(folder: string, args: readonly string[] = []): Promise<Served> {
  const child = spawn(process.execPath, [MAIN, 'dashboard', ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (text) => (said += text))
  const exited = once(child, 'exit')
  const lines = createInterface({ input: child.stdout })
  const first = await Promise.race([once(lines, 'line'), exited.then(() => [])])
  const [line] = first as [string?]
  if (line === undefined) throw new Error(`the dashboard did not start: ${said}`)
  const url = new URL(line)
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal)
    const [code] = (await exited) as [number | null]
    return code
  }
  return {
    url,
    token: url.hash.slice('#token='.length),
    interrupt: () => end('SIGINT'),
    [Symbol.asyncDispose]: async () => void (await end('SIGKILL')),
  }
}

/** Opens a page of a dashboard, and waits until it shows something. */
export async function openLive(
  browser: Browser,
  { url }: Pick<Served, 'url'>,
  { path = url.pathname, ...options }: BrowserContextOptions & { readonly path?: string } = {},
): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: { width: 1_400, height: 1_000 }, ...options })
  context.setDefaultTimeout(LONGEST_MS)
  const page = await context.newPage()
  const open = watchPage(page, (asked) => asked.startsWith(url.origin))
  await page.goto(new URL(`${path}${url.hash}`, url).href)
  await page.waitForSelector('html[data-ready]', { state: 'attached' })
  return { ...open, [Symbol.asyncDispose]: () => context.close() }
}

/** A run of a folder whose log grows when it is told to. */
export class MadeRun {
  readonly run: string
  readonly log: string
  readonly #folder: string
  readonly #started: number
  readonly #lines: readonly string[]
  #written = 0

  constructor(
    folder: string,
    { run = 'calm-otter-41', tasks = 2_000, started = Date.UTC(2026, 10, 21, 8, 12, 22) } = {},
  ) {
    this.run = run
    this.#folder = folder
    this.log = join(folder, `${run}.jsonl`)
    const whole = join(folder, `${run}.whole.jsonl`)
    writeMadeLog(whole, tasks)
    this.#lines = readFileSync(whole, 'utf8')
      .replaceAll('calm-otter-41', run)
      .split(/(?<=\n)/)
    writeFileSync(this.log, '')
    this.#started = started
    this.#writeRecord({ ended: null, exitCode: null })
  }

  /** The attempts in the whole log; what came from a cache is none. */
  get attempts(): number {
    return this.#lines.filter((line) => /"attempt":[1-9]/.test(line)).length
  }

  /** Writes the log up to a share of it. */
  growTo(share: number): void {
    const lines = Math.floor(this.#lines.length * share)
    appendFileSync(this.log, this.#lines.slice(this.#written, lines).join(''))
    this.#written = lines
  }

  /** Writes the rest. */
  end(exitCode: number): void {
    this.growTo(1)
    this.#writeRecord({ ended: this.#started + 99_000, exitCode })
  }

  /** Lets the run look as if its process was killed. */
  kill(): void {
    // No process has the number of this one and began then.
    this.#writeRecord({ ended: null, exitCode: null, startedAs: 'another' })
  }

  #writeRecord(facts: object): void {
    // This process stands for that of the run.
    const about = { args: ['thumbnails.ts'], name: 'thumbnails', log: this.log, output: null, total: null }
    const ran = { pid: process.pid, host: hostname(), started: this.#started }
    writeRecord(this.#folder, this.run, { ...about, ...ran, ...facts })
  }
}

/** Writes the record of a run of a folder. */
export function writeRecord(folder: string, run: string, facts: object): void {
  const own = join(folder, '.manyhands', run)
  mkdirSync(own, { recursive: true })
  writeFileSync(join(own, 'run.json.new'), JSON.stringify({ v: 1, run, ...facts }))
  renameSync(join(own, 'run.json.new'), join(own, 'run.json'))
}

/** Follows what a dashboard tells of a subject, without a browser. */
export async function* statesOf({ url, token }: Served, subject: string): AsyncGenerator<LiveState, void> {
  const asked = request(new URL(`/events/${subject}`, url), { headers: { authorization: `Bearer ${token}` } }).end()
  // It is ended by destroying it.
  asked.on('error', () => {})
  try {
    const [response] = (await once(asked, 'response')) as [IncomingMessage]
    response.on('error', () => {})
    let [event, state]: [string, Json] = ['', null]
    for await (const line of createInterface({ input: response })) {
      if (line.startsWith('event: ')) event = line.slice('event: '.length)
      if (!line.startsWith('data: ') || event === 'attempts') continue
      const message = JSON.parse(line.slice('data: '.length)) as Json
      if (event === 'bye') return
      state = event === 'state' ? message : changed(state, message as Change)
      yield state as unknown as LiveState
    }
  } finally {
    asked.destroy()
  }
}
