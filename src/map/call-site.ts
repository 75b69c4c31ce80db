/** Node 20 cannot say which variables have no value yet; there the stack of the call tells, however deep it is. */
const FRAMES = process.versions.node.startsWith('20.') ? 50 : 10

/** An error whose stack tells where the user called. */
export function callSite(): Error {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = FRAMES
  const site = new Error('called here')
  Error.stackTraceLimit = stackTraceLimit
  return site
}
