import { writeFileSync } from 'node:fs'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'

import { Controller } from '#manyhands/debug/controller/controller.js'
import type { Console } from '#manyhands/debug/controller/terminal.js'
import type { ControllerStart } from '#manyhands/debug/messages.js'

/** A terminal at which these lines are typed, one at each prompt; what it shows is in a file when it is closed. */
class ScriptedConsole implements Console {
  readonly colors = false
  readonly columns = 80
  readonly #answers: string[]
  readonly #file: string
  #shown = ''

  constructor(answers: readonly string[], file: string) {
    this.#answers = [...answers]
    this.#file = file
  }

  readonly paint = (_: string, text: string): string => text

  write(text: string): void {
    this.#shown += text
  }

  ask(question: string): Promise<string | undefined> {
    const answer = this.#answers.shift()
    this.#shown += `${question}${answer ?? ''}\n`
    return Promise.resolve(answer)
  }

  complete(words: readonly string[]): void {
    if (this.#answers.length === 1) this.#shown += `words ${words.join(' ')}\n`
  }

  onInterrupt(): void {}

  close(): void {
    writeFileSync(this.#file, this.#shown)
  }
}

/** The controller's thread with a terminal of its own. */
export function serve(answers: readonly string[], file: string): Promise<void> {
  const console = new ScriptedConsole(answers, file)
  return new Controller(workerData as ControllerStart, parentPort as MessagePort, console).run()
}
