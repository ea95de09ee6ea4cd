// Which goodbyes are TLS's own.

import type { SideEvidence } from '../side-evidence.js'

/** The last goodbye of a side is a TLS alert that is no error, or may be one. */
export function isCloseNotify(side: SideEvidence): boolean {
  if (side.goodbyeKind === 0 || side.goodbyeKind > 2) return false
  return side.goodbyeAlert <= 1
}
