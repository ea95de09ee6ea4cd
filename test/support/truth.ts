// Whether an ending is what was really done. Truths were recorded when there were fewer names: the newer, finer name of an
// ending is right where the older one is. As in the tool that scores the kernel lab.

/** Causes by the older causes that they are finer names of. */
const FINER: Readonly<Record<string, readonly string[]>> = {
  no_payload: ['normal', 'slow_close', 'simultaneous'],
  unanswered_request: ['normal', 'slow_close'],
  close_notify: ['write_after_close', 'crossed_close', 'reset_after_close', 'normal'],
  health_check: ['reset_by_client', 'abort'],
  old_connection: ['unanswered'],
}

/** An ending as it was found. */
export interface Found {
  readonly verdict: string
  readonly cause: string
}

/** Whether one of the accepted `verdict.cause` names holds for an ending; `*` stands for any verdict, or any cause. */
export function fits(found: Found, accepted: readonly string[]): boolean {
  return accepted.some((name) => {
    const [verdict = '', cause = ''] = name.split('.')
    return verdictFits(found, verdict) && causeFits(found, cause)
  })
}

function verdictFits({ verdict, cause }: Found, accepted: string): boolean {
  if (accepted === '*' || accepted === verdict) return true
  if (verdict === 'rst_abort') {
    const isKill = accepted === 'rst_after_kill'
    return isKill || (cause === 'health_check' && accepted === 'handshake_failed')
  }
  return cause === 'close_notify' && accepted === 'rst_after_kill'
}

function causeFits({ cause }: Found, accepted: string): boolean {
  return accepted === '*' || accepted === cause || (FINER[cause] ?? []).includes(accepted)
}
