// The layers a cursor can stand before. A layer reader consumes its header and returns what comes
// next: one of these, or a DecodeStatus when the cursor ends there. They share one number space, so
// one comparison tells them apart.

/** All layer codes are at least this, all decode statuses below it. */
export const FIRST_LAYER = 32

/** A link header; `cursor.next` is the linktype. */
export const LAYER_LINK = 32
/** An Ethernet header. */
export const LAYER_ETHERNET = 33
/** What an EtherType announces; `cursor.next` is the EtherType. */
export const LAYER_ETHERTYPE = 34
/** IEEE 802.2 logical link control. */
export const LAYER_LLC = 35
/** PPP, with or without address and control bytes. */
export const LAYER_PPP = 36
/** A PPPoE session header. */
export const LAYER_PPPOE = 37
/** A Cisco HDLC header. */
export const LAYER_CHDLC = 38
/** An MPLS label stack. */
export const LAYER_MPLS = 39
/** An IEEE 802.11 MAC header; `cursor.next` not 0 says that it is padded to a word. */
export const LAYER_WIFI = 40
/** A network service header (RFC 8300). */
export const LAYER_NSH = 41
/** IPv4 or IPv6, told apart by the version nibble. From here on the layers are above the link. */
export const LAYER_IP = 42
/** An IPv4 header. */
export const LAYER_IPV4 = 43
/** An IPv6 header. */
export const LAYER_IPV6 = 44
/** IPv6 extension headers; `cursor.next` is the number of the first, or of the payload. */
export const LAYER_EXTENSIONS = 45
/** A fragment of an IP payload, as the `fragment` fields of the cursor describe it. */
export const LAYER_FRAGMENT = 46
/** What an IP protocol number announces; `cursor.next` is that number. */
export const LAYER_PROTOCOL = 47
/** A UDP header. */
export const LAYER_UDP = 48
/** A GRE header. */
export const LAYER_GRE = 49
/** An ICMP or ICMPv6 header. */
export const LAYER_ICMP = 50
/** A TCP header: the end of every successful cursor. */
export const LAYER_TCP = 51
