// Resets that end keepalive probing: by the prober that gives up, or in answer to a probe (RFC 9293 §3.8.4, RFC 1122
// §4.2.3.6, tcp_keepalive_timer on Linux).

import { count } from '../../base/text.js'
import { The, items, packet, span, the } from '../phrases.js'
import { gaveUpProbing } from '../reset-facts.js'
import { isStateless } from '../reset-form.js'
import { type Rule, onSide } from '../rule.js'

/** A RST by the prober after unanswered probes. */
export const RESET_SENT: Rule = {
  id: 'keepalive-reset-sent',
  ending: 'keepalive_timeout.reset_sent',
  when: (_e, s) => s.resetDecides && gaveUpProbing(s.resetter, s.loss),
  evidence: (_e, s) => [
    ...onSide(s.resetter, (side) =>
      items(
        [side.probeFirst, 'first unanswered keepalive probe'],
        [side.probeLast, 'last keepalive probe'],
        [side.rst.at, 'RST with the sequence number after the probe: the prober gives up'],
      ),
    ),
  ],
  explain: (e, s) =>
    onSide(
      s.resetter,
      (side) =>
        `${The(e, side)} sent ${count(side.probeRun, 'keepalive probe')} without an answer and reset the connection ` +
        `${span(side.probeLast, side.rst.at)} after the last one (${packet(side.rst.at)}). ` +
        `The other host, or the path to it, was gone.`,
    ),
}

/** A RST in answer to a probe. */
export const PROBE_MET_NO_SOCKET: Rule = {
  id: 'keepalive-peer-forgot',
  ending: 'keepalive_timeout.peer_forgot',
  when: (_e, s) =>
    s.resetDecides && isStateless(s.resetter) && s.resetter?.rst.triggerIsProbe === true,
  evidence: (_e, s) => [
    ...onSide(s.resetter, (side) =>
      items(
        [side.rst.trigger, 'keepalive probe'],
        [side.rst.at, 'RST in answer: no such connection there'],
      ),
    ),
  ],
  explain: (e, s) =>
    onSide(s.resetter, (side) =>
      side.fin.seen
        ? `${The(e, side)} had closed (FIN, ${packet(side.fin)}) and waited for the other side to close too, which only kept probing. ` +
          `${span(side.fin, side.rst.at)} after the FIN a probe (${packet(side.rst.trigger)}) was answered by a RST (${packet(side.rst.at)}): ` +
          `that host had forgotten its half-closed socket.`
        : `A keepalive probe (${packet(side.rst.trigger)}) was answered by a RST from ${the(e, side)} (${packet(side.rst.at)}): ` +
          `that host no longer knows the connection, as after a restart or reboot.`,
    ),
}
