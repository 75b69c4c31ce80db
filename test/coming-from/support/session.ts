import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { ROOT } from '../../e2e/support/package.js'
import { inProject, type Project } from '../../e2e/support/project.js'

/** A command of a session, with what the page says that it prints to stdout. */
interface Step {
  readonly command: string
  readonly output: string
}

function stepsOf(page: string): Step[] {
  const sessions = [...page.matchAll(/^```console\n([\s\S]*?)^```$/gm)].map(([, session = '']) => session)
  return sessions.flatMap((session) =>
    session
      .split(/^\$ /m)
      .slice(1)
      .map((part) => {
        const end = part.indexOf('\n')
        return { command: part.slice(0, end), output: part.slice(end + 1) }
      }),
  )
}

/** Runs a command in a shell, with the packed package for `npx manyhands`. */
async function run(project: Project, command: string): Promise<string> {
  const line = command.replaceAll('npx manyhands', '"$NODE" "$BIN"')
  const env = { NODE: process.execPath, BIN: project.bin }
  return (await project.command('sh', ['-c', line], { env }).ended).stdout
}

/** A test of the sessions of a page of docs/coming-from, in one folder. `$ cat FILE` makes the file. */
export function sessions(name: string): void {
  inProject(`coming-from/${name}.md: its sessions`, async (project) => {
    const steps = stepsOf(await readFile(join(ROOT, 'docs', 'coming-from', `${name}.md`), 'utf8'))
    assert.ok(steps.length > 1)
    for (const { command, output } of steps) {
      const [, file] = /^cat (\S+)$/.exec(command) ?? []
      if (file !== undefined) await project.write(file, output)
      else assert.equal(await run(project, command), output, command)
    }
  })
}
