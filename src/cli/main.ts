#!/usr/bin/env node
import { printed } from '../logs/print.ts'
import { EXIT } from './command-error.ts'
import { explainError } from './explain-error.ts'
import { completeArgs, againWith } from './flags/args.ts'
import { keepStdout } from './output/own-stdout.ts'
import { type Actions, createProgram } from './program.ts'
import { Screen, showWarnings } from './report/screen.ts'

const SHORT_HELP = `Usage: manyhands run <module>[#export] [inputs...] [options]

  $ manyhands run wordcount.ts 'books/*.txt' -o words.jsonl

manyhands --help and manyhands run --help say more.`

const screen = new Screen({ asJson: wantsJson(process.argv.slice(2)) })
// If a stream is closed, there is no one left to tell.
process.stderr.on('error', () => {})
process.stdout.on('error', () => {})
showWarnings(screen)

let exitCode: number = EXIT.ok
const actions: Actions = {
  before: ({ logFile }) => {
    if (logFile !== undefined) screen.copyTo(logFile)
  },
  run: async (call) => {
    keepStdout()
    const { runBatch } = await import('./batch/run-batch.ts')
    exitCode = await runBatch(call, screen)
  },
  retry: async (run, args) => {
    const { readRecord } = await import('./runs/run-record.ts')
    const record = readRecord(run)
    // The same run once more, of what failed.
    const again = ['run', ...againWith(record.args, [...args, `--resume=${record.run}`, '--only-failed'])]
    await createProgram(actions).parseAsync(again, { from: 'user' })
  },
  status: async (run, flags) => {
    const { status } = await import('./commands/status.ts')
    exitCode = await status(run, flags)
  },
  top: async (run, flags) => {
    const { top } = await import('./commands/status.ts')
    exitCode = await top(run, flags)
  },
  report: async (run, flags) => {
    const { report } = await import('./commands/report.ts')
    await report(run, flags)
  },
  dashboard: async (run, flags) => {
    const { dashboard } = await import('./commands/dashboard.ts')
    await dashboard(run, flags, screen)
  },
  logs: async (run, { task, json }) => {
    const { logs } = await import('./commands/logs.ts')
    logs(run, task, json)
  },
  worker: async (modules, flags) => {
    await import('../compose.ts')
    const { worker } = await import('./cluster/worker-command.ts')
    exitCode = await worker(modules, flags, screen)
  },
  broker: async (flags) => {
    const { broker } = await import('./cluster/broker-command.ts')
    exitCode = await broker(flags, screen)
  },
  plan: async (module, inputs, flags) => {
    const { showPlan } = await import('./commands/plan.ts')
    await showPlan(module, inputs, flags, screen)
  },
  debug: async (run, input) => {
    const { debugTask, findFailure, readDebugCall } = await import('./commands/debug.ts')
    const { record, row } = findFailure(readDebugCall(run, input))
    // The arguments of the run name its function and inputs.
    const program = createProgram({
      ...actions,
      before: () => {},
      run: async (call) => {
        exitCode = await debugTask(record, row, call, screen)
      },
    })
    await program.parseAsync(['run', ...record.args], { from: 'user' })
  },
  doctor: async (flags) => {
    await import('../compose.ts')
    const { doctor } = await import('./commands/doctor.ts')
    if (!(await doctor(flags))) exitCode = EXIT.cannotStart
  },
  cache: {
    ls: async (flags) => (await import('./commands/cache.ts')).listCache(flags),
    size: async (flags) => (await import('./commands/cache.ts')).sizeOfCache(flags),
    verify: async (flags) => void (exitCode = (await import('./commands/cache.ts')).verifyCache(flags)),
    prune: async (flags) => (await import('./commands/cache.ts')).pruneCache(flags),
    clear: async (flags) => (await import('./commands/cache.ts')).clearCache(flags),
    why: async (...call) => (await import('./commands/cache-why.ts')).whyNotCached(...call, screen),
  },
}
const program = createProgram(actions)

try {
  if (process.argv.length <= 2) {
    screen.say(SHORT_HELP)
    exitCode = EXIT.usage
  } else await program.parseAsync(completeArgs(process.argv.slice(2), program), { from: 'user' })
} catch (error) {
  const explanation = explainError(error)
  if (explanation === undefined) throw error
  if (explanation.message !== '') screen.sayError(explanation.message)
  exitCode = explanation.exitCode
}

// Ends handles of the user's code, which have no part in the run, after all that was said is out.
await printed()
await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))))
process.exit(exitCode)

/** Looks for `--json` before flags are parsed: errors of usage come before they are known. */
function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf('--')
  return (end < 0 ? args : args.slice(0, end)).includes('--json')
}
