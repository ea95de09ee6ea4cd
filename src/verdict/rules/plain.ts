// What the rules say of connections that are known by their records alone (tcp/views/plain-ending.ts).

import type { Rule } from '../rule.js'
import { NORMAL } from './graceful.js'
import { UNANSWERED } from './handshake.js'
import { ACTIVE, IDLE } from './open.js'

/** The rules of plain endings, by PLAIN_*. */
export const PLAIN_RULES: readonly Rule[] = [NORMAL, UNANSWERED, IDLE, ACTIVE]
