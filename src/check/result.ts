// What came of checking captures against rules: plain data, which every report is made from.

/** A connection or an incident that a rule does not want. */
export interface Violation {
  readonly capture: string
  /** Stream of a connection, id of an incident. */
  readonly number: number
  readonly client: string | undefined
  readonly endpoint: string
  /** `verdict.cause`, or the kind of an incident. */
  readonly what: string
  readonly packets: readonly number[]
  readonly explanation: string
  readonly wiresharkFilter: string | undefined
}

/** What came of one rule. */
export interface RuleResult {
  readonly rule: string
  readonly isBroken: boolean
  /** What is wrong in one sentence, or that nothing is. */
  readonly says: string
  readonly found: number
  /** Of these, known from the baseline. */
  readonly known: number
  /** Connections the rule looked at. */
  readonly of: number
  /** The first ones that are not known. */
  readonly violations: readonly Violation[]
}
