import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { RUN_FLAGS } from '#manyhands/cli/flags/run-flags.js'
import { shownArgs } from '#manyhands/cli/runs/shown-args.js'

describe('the arguments of a run, as its job log shows them', () => {
  it('are without the values of flags that hold data or lead to secrets', () => {
    assert.deepEqual(
      shownArgs([
        'f.mjs',
        'a',
        '--args',
        '["secret"]',
        '--retries',
        '2',
        '--creds=/secret',
        '-o',
        'x',
        '--nkey',
        'secret',
      ]),
      ['f.mjs', 'a', '--args', '…', '--retries', '2', '--creds=…', '-o', 'x', '--nkey', '…'],
    )
    assert.deepEqual(shownArgs(['--args']), ['--args'])
  })

  it('are without names and passwords in addresses', () => {
    assert.deepEqual(shownArgs(['--on', 'nats://me:secret@host:4222,nats://token@other', '--on=nats://host']), [
      '--on',
      'nats://…@host:4222,nats://…@other',
      '--on=nats://host',
    ])
  })

  it('each flag with JSON of the user, or with a file of a secret, is known', () => {
    for (const { flag, ...facts } of Object.values(RUN_FLAGS)) {
      const isSecret = 'isJson' in facts || ('group' in facts && facts.group === 'Cluster:' && /<file>/.test(flag))
      const [name = ''] = /--[\w-]+/.exec(flag) ?? []
      assert.equal(shownArgs([`${name}=x`])[0] === `${name}=…`, isSecret, name)
    }
  })
})
