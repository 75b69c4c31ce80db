import assert from 'node:assert/strict'
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { ROOT } from './support/package.js'
import { inProject, type Project, usePackage, values } from './support/project.js'

usePackage()

/** The commands of a session, each with what it printed. */
function commandsOf(session: string): { readonly command: string; readonly output: string }[] {
  return session
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = '', ...output] = part.split('\n')
      return { command, output: output.join('\n') }
    })
}

/** Numbers and names of runs differ from run to run, and what is told of runs of a second and longer. */
function comparable(text: string): string {
  return text
    .replaceAll(/, [\d.]+x one worker/g, '')
    .replaceAll(/\b[a-z]+-[a-z]+-\d\d\b */g, '<run> ')
    .replaceAll(/\d[\d.,:T-]*/g, '#')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n')
}

/** Words as a shell takes them, as far as the session needs it. */
function wordsOf(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
}

/** What stands before the session: tsx beside the package, and three books. */
async function prepare(project: Project): Promise<void> {
  const modules = join(project.folder, 'node_modules')
  await mkdir(modules, { recursive: true })
  await symlink(join(ROOT, 'node_modules', 'tsx'), join(modules, 'tsx'), 'junction')
  await project.write('package.json', '{ "type": "module" }\n')
  for (const [name, text] of [
    ['emma', 'Emma Woodhouse, handsome, clever, and rich'],
    ['moby', 'Call me Ishmael.'],
    ['odd', 'a'],
  ])
    await project.write(`books/${name}.txt`, text as string)
}

inProject('the first five minutes of docs/cli.md', async (project) => {
  const page = await readFile(join(ROOT, 'docs', 'cli.md'), 'utf8')
  const chapter = page.slice(page.indexOf('## The first five minutes'))
  const code = /```ts\n\/\/ (\S+)\n([\s\S]*?)```/.exec(chapter)
  const session = /```console\n([\s\S]*?)```/.exec(chapter)?.[1]
  assert.ok(code?.[1] !== undefined && code[2] !== undefined && session !== undefined)
  await prepare(project)
  await project.write(code[1], `// ${code[1]}\n${code[2]}`)
  const commands = commandsOf(session)
  assert.ok(commands.length >= 5)
  for (const { command, output } of commands) {
    const [program, ...args] = wordsOf(command)
    if (program === 'npm') continue
    if (program === 'echo') {
      const [text, , file] = args as [string, string, string]
      await writeFile(join(project.folder, file), `${text}\n`)
      continue
    }
    assert.deepEqual([program, args.shift()], ['npx', 'manyhands'], command)
    const { stdout, stderr } = await project.start(args).ended
    assert.equal(comparable(stderr + stdout), comparable(output), command)
  }
  const words = values(await project.read('words.jsonl')) as { file: string; words: number }[]
  assert.deepEqual(
    words.map(({ file, words: count }) => `${file} ${count}`),
    ['books/emma.txt 6', 'books/moby.txt 3', 'books/odd.txt 1', 'books/missing.txt 4'],
  )
})
