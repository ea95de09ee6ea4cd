// What hashes of keys from packets start with. Without it whoever writes a capture could choose keys that fall together, in
// our tables as in a Map of numbers, whose hash V8 does not seed.

/** 32 bits that differ in every run; no result may depend on them. */
export function newSeed(): number {
  return (Math.random() * 0x1_0000_0000) | 0
}

/** One more word of a key mixed into what the words before it came to; begin with a seed. */
export function mix(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x9e3779b1)
  return Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b) ^ (mixed >>> 13)
}
