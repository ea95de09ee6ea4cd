// Why a system call failed, in the system's words.

import { getSystemErrorMap } from 'node:util'

/** The system's words for the error of a call: neither code, call nor path, which whoever reports it names as typed. */
export function systemErrorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? error.code : undefined
  for (const [name, text] of getSystemErrorMap().values()) if (name === code) return text
  return error.message
}
