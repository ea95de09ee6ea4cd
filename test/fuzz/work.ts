// Work, counted and not timed: how often the blocks of src run, and how many elements its arrays are searched, copied and
// moved for. The same input costs the same on any machine, and a loop that grows too fast shows in it.

import { Session, type Profiler } from 'node:inspector'

type Method = (this: { readonly length: number }, ...args: unknown[]) => unknown

const TYPED_ARRAY = Object.getPrototypeOf(Uint8Array.prototype) as Record<string, Method>
const ARRAY = Array.prototype as unknown as Record<string, Method>

/** Methods that pass over elements in the engine, where no block of src runs for each. */
const METHODS: readonly (readonly [owner: Record<string, Method>, names: readonly string[]])[] = [
  [ARRAY, ['concat', 'includes', 'indexOf', 'shift', 'slice', 'splice', 'unshift']],
  [TYPED_ARRAY, ['fill', 'includes', 'indexOf', 'set', 'slice']],
]

/** Counts the work of modules of src that are imported after it was made. */
export class WorkCounter {
  private readonly session = new Session()
  private elements = 0

  constructor() {
    this.session.connect()
    this.session.post('Profiler.enable')
    this.session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  }

  /** The work of a call. */
  async of(call: () => Promise<unknown>): Promise<number> {
    const restore = METHODS.flatMap(([owner, names]) =>
      names.map((name) => this.watch(owner, name)),
    )
    try {
      this.takeBlocks()
      this.elements = 0
      await call()
      return this.takeBlocks() + this.elements
    } finally {
      for (const each of restore) each()
    }
  }

  close(): void {
    this.session.disconnect()
  }

  /** How many blocks have run since the last call. */
  private takeBlocks(): number {
    let blocks = 0
    const take = (failure: Error | null, found: Profiler.TakePreciseCoverageReturnType): void => {
      if (failure !== null) throw failure
      const functions = found.result
        .filter(({ url }) => url.includes('/src/'))
        .flatMap((script) => script.functions)
      for (const { ranges } of functions) for (const { count } of ranges) blocks += count
    }
    this.session.post('Profiler.takePreciseCoverage', take)
    return blocks
  }

  /** Adds up what a method passes over: its array, what is set into it, or what it cuts out. Returns what takes that back. */
  private watch(owner: Record<string, Method>, name: string): () => void {
    const method = owner[name]
    if (method === undefined) throw new Error(`no method ${name}`)
    // oxlint-disable-next-line typescript/no-this-alias -- a method has a `this` of its own
    const counter = this
    owner[name] = function (...args) {
      const result = method.apply(this, args)
      const passed = name === 'set' ? args[0] : name === 'slice' ? result : this
      counter.elements += (passed as { length: number }).length
      return result
    }
    return () => {
      owner[name] = method
    }
  }
}
