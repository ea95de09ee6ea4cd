// Waiting for what a process does, by looking at it from outside: nothing here depends on how fast the machine is.

import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { constants } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

/** Hang guard: so long something is waited for before it counts as never coming. No test is measured by it. */
export const HANG_MS = 60_000
const LOOK_EVERY_MS = 5

/** Why a test that looks into a running process cannot be run here; undefined where it can. */
export const NO_PROC: string | undefined = existsSync('/proc/self/fdinfo')
  ? undefined
  : 'needs /proc to see what the program is doing'

/** Waits until something holds. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  for (let waitedMs = 0; !holds(); waitedMs += LOOK_EVERY_MS) {
    if (waitedMs > HANG_MS) throw new Error(`it never came to this: ${what}`)
    await sleep(LOOK_EVERY_MS)
  }
}

/** How far a process has read a file that it has open, or undefined. */
export function positionIn(pid: number | undefined, path: string): number | undefined {
  for (const { target, info } of openFiles(pid)) {
    if (target === path) return Number(/^pos:\s*(\d+)/.exec(info)?.[1])
  }
  return undefined
}

/** Waits until a process is reading a file. */
export function untilReading(pid: number | undefined, path: string, from = 0): Promise<void> {
  return until(`${path} is read`, () => (positionIn(pid, path) ?? -1) >= from)
}

/** Waits until a process has nothing to do before something comes through its standard input. */
export function untilInputIsWanted(pid: number | undefined): Promise<void> {
  return until('standard input is waited for', () =>
    openFiles(pid).some(
      ({ target, info }) => target.includes('[eventpoll]') && /^tfd: +0 /m.test(info),
    ),
  )
}

/** Waits until a signal would end a process, which until then listens to it. */
export function untilSignalKills(pid: number | undefined, signal: NodeJS.Signals): Promise<void> {
  const bit = 1n << BigInt(constants.signals[signal] - 1)
  return until(`${signal} would end the process`, () => {
    const caught = /^SigCgt:\s*(\w+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return (BigInt(`0x${caught}`) & bit) === 0n
  })
}

/** What a process has open, as far as it stays open while it is looked at. */
function openFiles(pid: number | undefined): { target: string; info: string }[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => ({
      target: readlinkSync(`/proc/${pid}/fd/${fd}`),
      info: readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'),
    }))
  } catch {
    return []
  }
}
