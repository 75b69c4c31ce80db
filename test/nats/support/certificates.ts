import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'

import type { Scratch } from '#manyhands/testing/scratch.js'

/** Paths of a certificate and its key, as PEM. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** An authority of a test's own, which certifies who is `localhost`. */
export class Authority {
  readonly #scratch: Scratch
  readonly #own: Certificate
  #serial = 0

  constructor(scratch: Scratch, name: string) {
    this.#scratch = scratch
    this.#own = this.#files(name)
    const { cert, key } = this.#own
    openssl('req', '-x509', ...NEW_KEY, '-keyout', key, '-out', cert, '-days', '2', '-subj', `/CN=${name}`)
  }

  get file(): string {
    return this.#own.cert
  }

  certify(name: string): Certificate {
    const files = this.#files(name)
    const [request, names] = [this.#scratch.file(`${name}.csr`), this.#scratch.file(`${name}.names`)]
    writeFileSync(names, 'subjectAltName=DNS:localhost,IP:127.0.0.1')
    openssl('req', ...NEW_KEY, '-keyout', files.key, '-out', request, '-subj', `/CN=${name}`)
    const signer = ['-CA', this.#own.cert, '-CAkey', this.#own.key, '-set_serial', `${++this.#serial}`]
    openssl('x509', '-req', '-in', request, '-out', files.cert, '-days', '2', '-extfile', names, ...signer)
    return files
  }

  #files(name: string): Certificate {
    return { cert: this.#scratch.file(`${name}-cert.pem`), key: this.#scratch.file(`${name}-key.pem`) }
  }
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: 'ignore' })
}
