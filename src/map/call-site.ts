/** Frames of a call site. Node 20 cannot tell which variables are uninitialised; the stack of the call can, if deep. */
const FRAMES = process.versions.node.startsWith('20.') ? 50 : 10

/** Makes an error whose stack is that of the user's call. */
export function callSite(): Error {
  const { stackTraceLimit } = Error
  // The intrinsics may be frozen: an assignment would throw.
  Reflect.set(Error, 'stackTraceLimit', FRAMES)
  const site = new Error('called here')
  Reflect.set(Error, 'stackTraceLimit', stackTraceLimit)
  return site
}
