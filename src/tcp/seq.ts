// Sequence numbers live on a circle of 2^32 (RFC 9293 §3.4). They are int32 here, with the bits of the unsigned value,
// so that a difference is one subtraction wrapped to int32. Comparisons hold for distances below 2^31.

/** The distance from `b` forward to `a`, negative when `a` lies after `b`. */
export function seqDistance(a: number, b: number): number {
  return (a - b) | 0
}

/** True when `a` lies before `b`. */
export function seqBefore(a: number, b: number): boolean {
  return ((a - b) | 0) < 0
}

/** True when `a` lies after `b`. */
export function seqAfter(a: number, b: number): boolean {
  return ((a - b) | 0) > 0
}

/** `seq` moved forward by `bytes`. */
export function seqAdd(seq: number, bytes: number): number {
  return (seq + bytes) | 0
}
