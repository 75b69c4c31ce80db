const KEPT = 'manyhands-token'

/**
 * Takes the token out of the address, so that it stands in no history and cannot be copied with it, and keeps it for when this
 * page is loaded again. Undefined if there is none.
 */
export function takeToken(): string | undefined {
  const token = /^#token=([\w-]+)$/.exec(location.hash)?.[1]
  if (token === undefined) return sessionStorage.getItem(KEPT) ?? undefined
  sessionStorage.setItem(KEPT, token)
  history.replaceState(null, '', location.pathname)
  return token
}
