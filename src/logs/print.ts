import { PrintQueue } from './print-queue.ts'

/** Prints a piece of text to one of the two streams. */
export type Print = (stream: 'stdout' | 'stderr', text: string) => void

const queues = {
  stdout: new PrintQueue(() => process.stdout),
  stderr: new PrintQueue(() => process.stderr),
}

/** Prints to this process's own streams. */
export const printDirectly: Print = (stream, text) => queues[stream].print(text)

/** Resolves when all that was printed so far is on its way. */
export async function printed(): Promise<void> {
  await Promise.all([queues.stdout.empty(), queues.stderr.empty()])
}
