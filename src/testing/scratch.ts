import { mkdtempSync, rmSync } from 'node:fs'
import { existsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

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

  /** Resolves when a file exists. */
  async appears(name: string): Promise<void> {
    while (!existsSync(this.file(name))) await new Promise((resolve) => setTimeout(resolve, 2))
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
