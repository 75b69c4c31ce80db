import { mkdtempSync, rmSync } from 'node:fs'
import { existsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Time limit for a file to appear, in milliseconds. */
const LONGEST_MS = 60_000

/** A folder of its own for one test, gone afterwards. Files in it are how test and tasks, wherever they run, meet. */
export class Scratch implements Disposable {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'manyhands-'))

  file(name: string): string {
    return join(this.folder, name)
  }

  /** Lets tasks go on that wait for a file. */
  touch(name: string): void {
    writeFileSync(this.file(name), '')
  }

  /** Resolves when a file exists. Throws if it does not come: a test that waits without end says nothing. */
  async appears(name: string): Promise<void> {
    const until = performance.now() + LONGEST_MS
    while (!existsSync(this.file(name))) {
      if (performance.now() > until) throw new Error(`no file "${name}" appeared within ${LONGEST_MS} ms`)
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
