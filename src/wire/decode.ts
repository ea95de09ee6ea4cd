// From the bytes of one frame to one TCP segment, in place.
//
// Three common shapes, Ethernet with IPv4, with one VLAN tag and IPv4, and with IPv6, have a
// straight path of their own; any irregularity sends the frame down the general one, which walks
// layer by layer and gives the same result. The rules of both: no allocation, no closure, no string,
// no exception; 32-bit fields stay int32. The one exception is IP fragments, which are rare.

import {
  type DecodeStatus,
  FRAGMENT,
  SEGMENT,
  TOO_DEEP,
} from './decode-status.js'
import { ENCAP_VLAN, EncapsulationTable } from './encapsulation.js'
import {
  ETHERNET_HEADER_LEN,
  ETHERTYPE_IPV4,
  ETHERTYPE_IPV6,
  ETHERTYPE_VLAN,
  readEthernet,
  readEthertype,
} from './ethernet.js'
import { FragmentTable, KEPT_OCTETS } from './fragments.js'
import { readGre } from './gre.js'
import { readIcmp } from './icmp.js'
import { readProtocol } from './ip-protocol.js'
import { readIpVersion, readIpv4 } from './ipv4.js'
import { readIpv6 } from './ipv6.js'
import {
  FIRST_LAYER,
  LAYER_CHDLC,
  LAYER_ETHERNET,
  LAYER_ETHERTYPE,
  LAYER_FRAGMENT,
  LAYER_GRE,
  LAYER_ICMP,
  LAYER_IP,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_LINK,
  LAYER_LLC,
  LAYER_MPLS,
  LAYER_NSH,
  LAYER_PPP,
  LAYER_PPPOE,
  LAYER_PROTOCOL,
  LAYER_TCP,
  LAYER_UDP,
  LAYER_WIFI,
} from './layer.js'
import { LINKTYPE_ETHERNET, readLink } from './linktype.js'
import { readLlc } from './llc.js'
import { readMpls } from './mpls.js'
import { readNsh } from './overlay.js'
import { readChdlc, readPpp, readPppoe } from './ppp.js'
import { Segment } from './segment.js'
import { decodeQuotedTcp, decodeTcp } from './tcp.js'
import { readUdp } from './udp.js'
import { Walk } from './walk.js'
import { readWifi } from './wifi.js'

/** Layers read in one frame at most; each encapsulation takes two to four. */
const MAX_LAYERS = 64

/** Ethernet, IPv4 without options, TCP without options. */
const FAST_IPV4_LEN = 54
/** The same with a VLAN tag. */
const VLAN_TAG_LEN = 4

/** Decodes frames one after another. One per analysis: it holds fragments and encapsulations. */
export class Decoder {
  /** The segment, after `decode` returned SEGMENT; overwritten by the next call. */
  readonly segment: Segment = new Segment()
  /**
   * The TCP header quoted in an ICMP error, after `decode` returned ICMP_ERROR. With `headerCut`
   * only addresses, ports and seq are real: Wireshark then gives the packet no stream.
   */
  readonly quoted: Segment = new Segment()
  /** Type of the ICMP or ICMPv6 error around `quoted`; its IP version tells which. */
  icmpType = 0
  /** Code of the error, with the type. */
  icmpCode = 0
  /** Texts of `segment.encapsulation`. */
  readonly encapsulations: EncapsulationTable = new EncapsulationTable()

  readonly #walk = new Walk()
  readonly #fragments = new FragmentTable()

  /**
   * Decodes the frame between `start` and `end` down to its innermost TCP segment.
   *
   * @param origlen Octets of the frame on the wire; less than captured counts as captured.
   * @param linktype LINKTYPE_ value of the frame.
   * @param timeNs Capture time, used only to forget old fragments.
   */
  decode(
    view: DataView,
    start: number,
    end: number,
    origlen: number,
    linktype: number,
    timeNs: number,
  ): DecodeStatus {
    if (linktype === LINKTYPE_ETHERNET && end - start >= FAST_IPV4_LEN) {
      const wireEnd = origlen > end - start ? start + origlen : end
      const ip = start + ETHERNET_HEADER_LEN
      const type = view.getUint16(ip - 2)
      if (type === ETHERTYPE_IPV4) {
        if (decodeFastIpv4(view, ip, end, wireEnd, this.segment)) {
          this.segment.encapsulation = 0
          return SEGMENT
        }
      } else if (type === ETHERTYPE_IPV6) {
        if (decodeFastIpv6(view, ip, end, wireEnd, this.segment)) {
          this.segment.encapsulation = 0
          return SEGMENT
        }
      } else if (type === ETHERTYPE_VLAN && view.getUint16(ip + 2) === ETHERTYPE_IPV4) {
        if (decodeFastIpv4(view, ip + VLAN_TAG_LEN, end, wireEnd, this.segment)) {
          const vlan = view.getUint16(ip) & 0x0fff
          this.segment.encapsulation = this.encapsulations.child(0, ENCAP_VLAN, vlan)
          return SEGMENT
        }
      }
    }
    return this.decodeLayers(view, start, end, origlen, linktype, timeNs)
  }

  /** Decodes like {@link decode}, always layer by layer. */
  decodeLayers(
    view: DataView,
    start: number,
    end: number,
    origlen: number,
    linktype: number,
    timeNs: number,
  ): DecodeStatus {
    const walk = this.#walk
    walk.reset(view, start, end, Math.max(start + origlen, end), timeNs)
    walk.next = linktype
    let layer = LAYER_LINK
    for (let i = 0; i < MAX_LAYERS; i++) {
      layer = layer < LAYER_IP ? readLinkLayer(walk, layer) : this.#readNetworkLayer(walk, layer)
      if (layer < FIRST_LAYER) return layer as DecodeStatus
    }
    return TOO_DEEP
  }
}
