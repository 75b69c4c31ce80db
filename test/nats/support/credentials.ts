import { randomUUID } from 'node:crypto'

import { nkeys } from '@nats-io/transport-node'

type KeyPair = ReturnType<typeof nkeys.createUser>

const UNLIMITED = {
  ...{ subs: -1, data: -1, payload: -1, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 },
  ...{ mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 },
}

/** An operator, as `nsc` makes one, with an account; a server trusts it by `config`. */
export class Operator {
  readonly #key = nkeys.createOperator()
  readonly #account = nkeys.createAccount()
  readonly config: string

  constructor() {
    const system = nkeys.createAccount()
    const accounts = [this.#account, system].map((key) => {
      const limits = key === system ? {} : { limits: UNLIMITED }
      return `${key.getPublicKey()}: ${token(this.#key, key, 'account', limits)}`
    })
    this.config = [
      `operator: ${token(this.#key, this.#key, 'operator', {})}`,
      `system_account: ${system.getPublicKey()}`,
      'resolver: MEMORY',
      `resolver_preload: { ${accounts.join('\n')} }`,
    ].join('\n')
  }

  /** The text of a credentials file of one who may do all that the account may. */
  user(): string {
    const key = nkeys.createUser()
    return [
      block('NATS USER JWT', token(this.#account, key, 'user', { subs: -1, data: -1, payload: -1 })),
      block('USER NKEY SEED', seedOf(key)),
    ].join('\n')
  }
}

export function seedOf(key: KeyPair): string {
  return new TextDecoder().decode(key.getSeed())
}

function block(name: string, text: string): string {
  return `-----BEGIN ${name}-----\n${text}\n------END ${name}------\n`
}

/** What one key says of another. */
function token(issuer: KeyPair, subject: KeyPair, type: string, claims: object): string {
  const body = {
    jti: randomUUID(),
    iat: Math.floor(Date.now() / 1_000),
    iss: issuer.getPublicKey(),
    sub: subject.getPublicKey(),
    name: type,
    nats: { ...claims, type, version: 2 },
  }
  const parts = [{ typ: 'JWT', alg: 'ed25519-nkey' }, body].map((part) => base64(JSON.stringify(part)))
  const signature = issuer.sign(new TextEncoder().encode(parts.join('.')))
  return [...parts, base64(signature)].join('.')
}

function base64(data: string | Uint8Array): string {
  return Buffer.from(data).toString('base64url')
}
