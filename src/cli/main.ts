#!/usr/bin/env node
import { printed } from '../logs/print.ts'
import { EXIT } from './exit-codes.ts'
import { explainError } from './explain-error.ts'
import { completeArgs } from './parse/complete-args.ts'
import { type Actions, createProgram } from './program.ts'
import { Screen } from './report/screen.ts'
import { showWarnings } from './show-warnings.ts'

const SHORT_HELP = `Usage: manyhands run <module>[#export] [inputs...] [options]

  $ manyhands run wordcount.ts 'books/*.txt' -o words.jsonl

manyhands --help and manyhands run --help say more.`

const screen = new Screen()
// Nobody is left to tell.
process.stderr.on('error', () => {})
showWarnings(screen)

let exitCode: number = EXIT.ok
const actions: Actions = {
  before: ({ logFile }) => {
    if (logFile !== undefined) screen.copyTo(logFile)
  },
  run: async (call) => {
    const { runBatch } = await import('./run-batch.ts')
    exitCode = await runBatch(call, screen)
  },
  retry: async (run, args) => {
    const { readRecord } = await import('./runs/run-record.ts')
    const record = readRecord(run)
    // The same once more, and of that what failed.
    const again = ['run', ...record.args, ...args, `--resume=${record.run}`, '--only-failed']
    await createProgram(actions).parseAsync(again, { from: 'user' })
  },
  status: async (run, flags) => {
    const { status } = await import('./commands/status.ts')
    await status(run, flags)
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
  doctor: async (flags) => {
    await import('../compose.ts')
    const { doctor } = await import('./commands/doctor.ts')
    if (!(await doctor(flags))) exitCode = EXIT.cannotStart
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

// What is left, such as handles of the user's own code, has no part in the run. First all that was said must be out.
await printed()
await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))))
process.exit(exitCode)
