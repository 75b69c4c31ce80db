import assert from 'node:assert/strict'
import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { until } from '../support/until.js'
import { endedWith, inProject, type Project, usePackage } from './support/project.js'
import { noTerminal, type Terminal } from './support/terminal.js'

usePackage()

/** Calls `body` beside a run whose only task ends when the file `now` is there, or `end` is called. */
async function besideRun(project: Project, body: (end: () => Promise<void>) => Promise<void>): Promise<void> {
  const running = project.start(['run', 'tasks.mjs#untilThere', 'now', '-q'])
  const end = async (): Promise<void> => {
    await project.write('now', '')
    await running.ended
  }
  try {
    await running.prints('begun now')
    await body(end)
  } finally {
    await end()
  }
  endedWith(await running.ended, 0)
}

/** `top` on a terminal; the file `pid` tells its process. */
function topOn(project: Project, args: string = '', env: NodeJS.ProcessEnv = {}): Terminal {
  const command = `'${process.execPath}' '${project.bin}' top ${args}`
  return project.terminal(`sh -c 'echo $$ > pid; exec ${command.replaceAll("'", '"')}'`, { CI: '', ...env })
}

async function pidOf(project: Project): Promise<number> {
  return Number(await project.read('pid'))
}

/** The folder of the only run. */
function folderOf(project: Project): string {
  const folder = join(project.folder, '.manyhands')
  const [run] = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'run.json')))
  return join(folder, run as string)
}

inProject(
  'top shows what runs on the whole terminal, follows keys, and gives the terminal back',
  async (project) => {
    await besideRun(project, async () => {
      {
        using terminal = topOn(project)
        await terminal.shows(/untilThere .* 0\/1 [^]* #0 +now /)
        assert.ok(terminal.isTaken())
        terminal.press('?')
        await terminal.shows('leave; the run goes on')
        terminal.press('l')
        await terminal.shows('#0 │ begun now')
        terminal.press('/')
        terminal.press('nothing has this')
        await terminal.shows('find nothing has this')
        await terminal.shows('nothing yet')
        terminal.press('\r')
        terminal.press('q')
        await terminal.shows(/running [^]* nothing finished[^]*ended with 0/)
        await until(() => !terminal.isTaken())
      }
    })
  },
  { skip: noTerminal },
)

inProject(
  'top ends with the run, and leaves its state on the terminal',
  async (project) => {
    await besideRun(project, async (end) => {
      {
        using terminal = topOn(project)
        await terminal.shows('untilThere')
        await end()
        await terminal.shows(/ ok [^]* 1 ok in 1 attempt[^]*ended with 0/)
        await until(() => !terminal.isTaken())
      }
      using again = topOn(project, 'last')
      await again.shows(/ ok [^]* 1 ok in 1 attempt[^]*ended with 0/)
    })
  },
  { skip: noTerminal },
)

inProject(
  'top gives the terminal back when it is ended by a signal, and while it is stopped',
  async (project) => {
    await besideRun(project, async () => {
      {
        using terminal = topOn(project)
        await terminal.shows('quit')
        const pid = await pidOf(project)
        process.kill(pid, 'SIGTSTP')
        await until(() => !terminal.isTaken())
        process.kill(pid, 'SIGCONT')
        await until(() => terminal.isTaken())
        await terminal.shows('quit')
        process.kill(pid, 'SIGTERM')
        await terminal.shows('ended with 143')
        await until(() => !terminal.isTaken())
      }
      {
        using terminal = topOn(project)
        await terminal.shows('quit')
        terminal.press('\u0003')
        await terminal.shows('ended with 0')
        await until(() => !terminal.isTaken())
      }
    })
  },
  { skip: noTerminal },
)

inProject(
  'top prints lines on terminals that cannot be drawn on, in CI, and if it is told to',
  async (project) => {
    await besideRun(project, async () => {
      for (const [args, env] of [
        ['--plain', {}],
        ['', { CI: 'true' }],
      ] as const) {
        using terminal = topOn(project, args, env)
        await terminal.shows(/running[^]*nothing finished[^]*running[^]*nothing finished/)
        assert.ok(!terminal.isTaken())
      }
    })
  },
  { skip: noTerminal },
)

inProject('top prints lines where there is no terminal, and views with --json', async (project) => {
  await besideRun(project, async (end) => {
    const lines = project.start(['top'])
    const views = project.start(['top', '--json'])
    await Promise.all([lines.prints('running'), views.prints('"state":"running"')])
    await end()
    const [text, json] = [await lines.ended, await views.ended]
    endedWith(text, 0)
    endedWith(json, 0)
    // A block each second, with a clear line between two.
    assert.match(text.stdout, /^\S+ +running [^]* nothing finished\n[^]*\n\n\S+ +ok [^]* 1 ok in 1 attempt\n/)
    const all = json.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { v: number; run: { state: string }; states: { ok: number } })
    assert.deepEqual(
      [all[0]?.v, all[0]?.run.state, all[0]?.states.ok, all.at(-1)?.run.state, all.at(-1)?.states.ok],
      [1, 'running', 0, 'ended', 1],
    )
    endedWith(await project.start(['top', 'no-such-run']).ended, 3)
  })
})

inProject('a run writes live.json only after someone has begun to watch', async (project) => {
  await besideRun(project, async (end) => {
    const folder = folderOf(project)
    assert.ok(!existsSync(join(folder, 'live.json')))
    const watch = join(folder, 'watch')
    writeFileSync(watch, '')
    await until(() => {
      utimesSync(watch, new Date(), new Date())
      return existsSync(join(folder, 'live.json'))
    })
    const live = JSON.parse(
      await project.read(join('.manyhands', folder.split('/').at(-1) as string, 'live.json')),
    ) as {
      v: number
      busy: number
      running: { slot: number; task: number; input: string; attempt: number; since: number }[]
    }
    assert.deepEqual([live.v, live.busy], [1, 1])
    const [task] = live.running
    assert.deepEqual([task?.slot, task?.task, task?.input, task?.attempt], [0, 0, 'now', 1])
    assert.ok((task?.since ?? Infinity) <= Date.now())
    await end()
    assert.ok(!existsSync(join(folder, 'live.json')))
  })
})

inProject(
  'a run on a terminal says at its end what stands out, and how to see it',
  async (project) => {
    await project.write(
      'dies.mjs',
      `import { setTimeout as nap } from 'node:timers/promises'
       export async function work(text) {
         await nap(700)
         if (text === 'bad') process.exit(7)
         return text
       }`,
    )
    const command = `'${process.execPath}' '${project.bin}' run dies.mjs#work a b bad -j 1 -o out.jsonl`
    {
      using terminal = project.terminal(command)
      await terminal.shows(/2 ok, 1 failed in [^]*workers died \(.*see it: manyhands report \S+[^]*ended with 1/s)
    }
    using quiet = project.terminal(`${command} -q`)
    assert.doesNotMatch(await quiet.shows('ended with 1'), /workers died|see it/)
  },
  { skip: noTerminal },
)
