import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { Command } from 'commander'

import { ACCESS_FLAGS, SERVER_FLAG } from '#manyhands/cli/cluster/access-flags.js'
import { CommandError } from '#manyhands/cli/command-error.js'
import {
  BROKER_FLAGS,
  CACHE_FLAGS,
  DASHBOARD_FLAGS,
  DOCTOR_FLAGS,
  LOGS_FLAGS,
  PLAN_FLAGS,
  PRUNE_FLAGS,
  REPORT_FLAGS,
  STATUS_FLAGS,
  TOP_FLAGS,
  WORKER_FLAGS,
} from '#manyhands/cli/flags/command-flags.js'
import { COMMON_FLAGS } from '#manyhands/cli/flags/common-flags.js'
import { addFlags, type Flag, type FlagTable, longName } from '#manyhands/cli/flags/flag-table.js'
import { runOptionsOf, SET_OTHERWISE } from '#manyhands/cli/flags/map-options.js'
import { refuseForWorkflow } from '#manyhands/cli/flags/refuse-for-workflow.js'
import { addRunFlags, ALL_RUN_FLAGS, RUN_FLAGS, type RunFlags } from '#manyhands/cli/flags/run-flags.js'

const TABLES: Readonly<Record<string, FlagTable>> = {
  run: ALL_RUN_FLAGS,
  status: { ...STATUS_FLAGS, ...SERVER_FLAG, ...ACCESS_FLAGS },
  top: TOP_FLAGS,
  report: REPORT_FLAGS,
  dashboard: { ...DASHBOARD_FLAGS, ...SERVER_FLAG, ...ACCESS_FLAGS },
  logs: LOGS_FLAGS,
  doctor: DOCTOR_FLAGS,
  plan: PLAN_FLAGS,
  cache: { ...CACHE_FLAGS, ...PRUNE_FLAGS },
  worker: WORKER_FLAGS,
  broker: BROKER_FLAGS,
}
const PAGE = readFileSync(fileURLToPath(new URL('../../../../docs/cli.md', import.meta.url)), 'utf8')
const WORKFLOWS = { runs: 'yes', inputs: 'with inputs', functions: 'no' }

function row({ flag, help, appliesTo = 'runs' }: Flag): string {
  return `| \`${flag}\` | ${help.replaceAll('<', '\\<')} | ${WORKFLOWS[appliesTo]} |`
}

/** The flags of a command line after `run`. */
function parse(args: readonly string[]): RunFlags {
  const command = addRunFlags(new Command('run').exitOverride().configureOutput({ writeErr: () => {} }))
  return command.parse(args, { from: 'user' }).opts()
}

describe('the tables of flags', () => {
  for (const [command, table] of Object.entries(TABLES)) {
    it(`of ${command}: each key is the one by which the parser gives the value`, () => {
      for (const [key, flag] of Object.entries(table))
        assert.equal(
          longName(flag),
          `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
          'the key is the long name in camel case',
        )
    })
  }

  it('of run: flags that exclude one another, and options of map, are there', () => {
    const names = new Set(Object.values(ALL_RUN_FLAGS).map(longName))
    for (const { conflicts } of Object.values<Flag>(RUN_FLAGS))
      if (conflicts !== undefined) assert.ok(conflicts in RUN_FLAGS, conflicts)
    for (const flags of Object.values(SET_OTHERWISE)) for (const name of flags) assert.ok(names.has(name), name)
  })

  it('of run: the parser gives initial values, and leaves out what was not given', () => {
    const flags = parse([])
    for (const [key, { initial, flag }] of Object.entries(ALL_RUN_FLAGS)) {
      const expected = initial ?? (/[<[]/.test(flag) ? undefined : false)
      assert.deepEqual(flags[key as keyof RunFlags], expected, flag)
    }
  })

  it('of run: options are passed on by the names that map has for them', () => {
    const flags = parse(['--batch', '3', '--deadline', '2h', '--memfree', '1G', '--retries', '2', '--fail-fast'])
    assert.deepEqual(runOptionsOf(flags), {
      batch: 3,
      debug: false,
      deadline: 7_200_000,
      memfree: 2 ** 30,
      ordered: true,
      retries: { times: 2, delay: 1_000, maxDelay: 60_000 },
      halt: 'now,fail=1',
    })
  })

  it('refuse a row whose initial value is none of its flag', () => {
    const wrong = { jobs: { flag: '--jobs <n>', parse: Number as () => number, initial: 'all', help: '' } } as const
    // @ts-expect-error -- a text where a number belongs
    assert.ok(addFlags(new Command(), wrong))
  })
})

describe('docs/cli.md', () => {
  it('has a row for each flag of run, as the help has it', () => {
    const rows = Object.values(ALL_RUN_FLAGS)
      .filter(({ isHidden }) => isHidden !== true)
      .map(row)
    const missing = rows.filter((line) => !PAGE.includes(`\n${line}\n`))
    assert.deepEqual(missing, [])
    const [, list = ''] = PAGE.split('## All flags')
    const shown = list.split('\n').filter((line) => line.startsWith('| `-'))
    assert.deepEqual(shown, rows)
  })

  it('names each flag of the other commands', () => {
    for (const [command, table] of Object.entries(TABLES)) {
      if (command === 'worker' || command === 'broker') continue
      for (const flag of Object.values(table))
        if (flag.isHidden !== true) assert.ok(PAGE.includes(longName(flag)), `${command} ${flag.flag}`)
    }
  })

  it('names no flag that is not there', () => {
    const all = new Set(Object.values(TABLES).flatMap((table) => Object.values(table).map(longName)))
    for (const name of Object.values(COMMON_FLAGS).map(longName)) all.add(name)
    all.add('--help')
    // A flag of Node itself.
    all.add('--import')
    const named = [...PAGE.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([name]) => name)
    assert.deepEqual(
      named.filter((name) => !all.has(name)),
      [],
    )
  })
})

describe('a workflow', () => {
  const VALUES: Readonly<Record<string, string>> = {
    args: '[1]',
    config: '{}',
    format: 'csv',
    maxMemory: '1G',
    numbers: 'exact',
  }
  const given = (key: string, { flag }: Flag): readonly string[] => {
    const [name = ''] = /--[a-z-]+/.exec(flag) ?? []
    return /[<[]/.test(flag) ? [`${name}=${VALUES[key] ?? '7'}`] : [name]
  }

  for (const [key, flag] of Object.entries<Flag>(RUN_FLAGS)) {
    if (flag.appliesTo === 'runs') continue
    it(`${flag.appliesTo === 'inputs' ? 'without inputs ' : ''}refuses ${longName(flag)}`, () => {
      const flags = parse(given(key, flag))
      assert.throws(
        () => refuseForWorkflow(flags, 'graph', flag.appliesTo === 'functions'),
        (error: unknown) => {
          assert.ok(error instanceof CommandError)
          assert.equal(error.exitCode, 2)
          assert.match(error.message, new RegExp(`^graph is a workflow.*: ${longName(flag)} has no meaning for one`))
          return true
        },
      )
    })
  }

  it('takes all other flags, and with inputs those that are about inputs', () => {
    for (const [key, flag] of Object.entries<Flag>(RUN_FLAGS))
      if (flag.appliesTo === 'inputs') refuseForWorkflow(parse(given(key, flag)), 'graph', true)
    refuseForWorkflow(parse(['--jobs', '2', '--retries', '1', '--cache=x', '--progress', 'json']), 'graph', false)
  })
})
