/** This process's options but for the code of `node -e`, and the inspector's port, which is taken. */
export function inheritedOptions(): string[] {
  const options: string[] = []
  for (let i = 0; i < process.execArgv.length; i++) {
    const option = process.execArgv[i] as string
    if (/^(-e|--eval|-p|--print|-pe)$/.test(option)) i++
    else if (!/^--(inspect|eval=|print=|input-type)/.test(option)) options.push(option)
  }
  return options
}
