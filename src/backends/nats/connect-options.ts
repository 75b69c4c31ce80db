/** How to reach a broker. Where several ways to say who one is are given, the server picks. */
export interface ConnectOptions {
  /** Without what is secret in them. */
  readonly servers: readonly string[]
  readonly group: string
  readonly user?: string
  readonly pass?: string
  readonly token?: string
  /** The seed of an nkey. */
  readonly nkey?: string
  /** The text of a credentials file. */
  readonly creds?: string
  readonly tls?: TlsFiles
}

/** Paths of PEM files. Without any, TLS is used where the server asks for it. */
export interface TlsFiles {
  readonly caFile?: string
  readonly certFile?: string
  readonly keyFile?: string
}
