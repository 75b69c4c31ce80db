import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { ACCESS_FLAGS } from '#manyhands/cli/cluster/access-flags.js'
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
    const ofRuns = Object.values(RUN_FLAGS).map(({ flag, ...facts }) => ({ flag, isSecret: 'isJson' in facts }))
    const ofBrokers = Object.values(ACCESS_FLAGS).map(({ flag }) => ({ flag, isSecret: flag.includes('<file>') }))
    for (const { flag, isSecret } of [...ofRuns, ...ofBrokers]) {
      const [name = ''] = /--[\w-]+/.exec(flag) ?? []
      assert.equal(shownArgs([`${name}=x`])[0] === `${name}=…`, isSecret, name)
    }
  })
})
