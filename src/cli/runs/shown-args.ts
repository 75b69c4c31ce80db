/** Flags whose values a job log does not tell: they are data of the user, or lead to secrets. */
const HIDDEN = ['--args', '--config', '--creds', '--nkey', '--token-file', '--tls-ca', '--tls-cert', '--tls-key']

/** Returns the arguments of a run as its job log shows them: job logs are passed on to others. */
export function shownArgs(args: readonly string[]): string[] {
  let isHidden = false
  return args.map((arg) => {
    if (isHidden) {
      isHidden = false
      return '…'
    }
    isHidden = HIDDEN.includes(arg)
    const flag = HIDDEN.find((name) => arg.startsWith(`${name}=`))
    if (flag !== undefined) return `${flag}=…`
    // The name and the password in the address of a broker.
    return arg.replaceAll(/\/\/[^/@\s]*@/g, '//…@')
  })
}
