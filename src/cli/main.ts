#!/usr/bin/env node
import { EXIT } from './exit-codes.ts'
import { explainError } from './explain-error.ts'
import { createProgram } from './program.ts'
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
const program = createProgram({
  run: async (module, inputs, flags) => {
    const { runBatch } = await import('./run-batch.ts')
    exitCode = await runBatch(module, inputs, flags, screen)
  },
})

try {
  if (process.argv.length <= 2) {
    screen.say(SHORT_HELP)
    exitCode = EXIT.usage
  } else await program.parseAsync()
} catch (error) {
  const explanation = explainError(error)
  if (explanation === undefined) throw error
  if (explanation.message !== '') screen.sayError(explanation.message)
  exitCode = explanation.exitCode
}

// What is left, such as handles of the user's own code, has no part in the run. First all that was said must be out.
await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))))
process.exit(exitCode)
