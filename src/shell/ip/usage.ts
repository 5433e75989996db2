/** Usage texts: what of iproute2's grammar is understood here. */
import { fail } from "../failure.js";

const TEXTS = {
  ip: `Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }
where  OBJECT := { address | link | maddress | neighbour | route | rule | help }
       OPTIONS := { -V[ersion] | -s[tatistics] | -d[etails] | -o[neline] | -br[ief] |
                    -4 | -6 | -0 | -f[amily] { inet | inet6 | link } }`,
  link: `Usage: ip link show [ DEVICE ] [up] [type TYPE]
       ip link set { DEVICE | dev DEVICE } [ { up | down } ]
               [ { arp | multicast | allmulticast | promisc } { on | off } ]
               [ txqueuelen PACKETS ] [ name NEWNAME ] [ address LLADDR ]
               [ broadcast LLADDR ] [ mtu MTU ] [ group NUMBER ] [ alias NAME ]`,
  address: `Usage: ip address {add|change|replace} IFADDR dev IFNAME [ LIFETIME ] [ noprefixroute ]
       ip address del IFADDR dev IFNAME
       ip address {show|flush} [ dev IFNAME ] [ scope SCOPE-ID ] [ to PREFIX ]
                               [ FLAG-LIST ] [ label LABEL ] [up]
IFADDR := PREFIX | ADDR peer PREFIX [ broadcast ADDR ] [ label IFNAME ]
          [ scope SCOPE-ID ] [ metric METRIC ]
SCOPE-ID := [ host | link | global | NUMBER ]
FLAG-LIST := [ permanent | dynamic | secondary | primary | [-]deprecated ]
LIFETIME := [ valid_lft LFT ] [ preferred_lft LFT ]
LFT := forever | SECONDS`,
  route: `Usage: ip route { list | flush } SELECTOR
       ip route get [ fibmatch ] ADDRESS [ from ADDRESS [ iif STRING ] ] [ oif STRING ]
       ip route { add | del | change | append | prepend | replace } ROUTE
SELECTOR := [ root PREFIX ] [ match PREFIX ] [ exact PREFIX ] [ table TABLE_ID ]
            [ proto RTPROTO ] [ type TYPE ] [ scope SCOPE ] [ dev STRING ]
            [ via PREFIX ] [ src PREFIX ] [ metric METRIC ]
ROUTE := [ TYPE ] PREFIX [ table TABLE_ID ] [ proto RTPROTO ] [ scope SCOPE ]
         [ metric METRIC ] [ src ADDRESS ] [ mtu NUMBER ] NH [ nexthop NH ]...
NH := [ via ADDRESS ] [ dev STRING ] [ weight NUMBER ] [ onlink ]
TYPE := { unicast | local | broadcast | multicast | throw |
          unreachable | prohibit | blackhole }
TABLE_ID := [ local | main | default | all | NUMBER ]
SCOPE := [ host | link | global | NUMBER ]
RTPROTO := [ kernel | boot | static | NUMBER ]`,
  neigh: `Usage: ip neigh { add | del | change | replace } ADDR [ lladdr LLADDR ] [ nud STATE ] dev DEV
       ip neigh { show | flush } [ to PREFIX ] [ dev DEV ] [ nud STATE ]
       ip neigh get ADDR dev DEV
STATE := { delay | failed | incomplete | noarp | none |
           permanent | probe | reachable | stale }`,
  maddr: `Usage: ip maddr show [ dev STRING ]`,
  rule: `Usage: ip rule [ list ]`,
} as const;

/** Ends the command with a usage text, as `help` and most incomplete commands do. */
export function usage(of: keyof typeof TEXTS): never {
  return fail(255, TEXTS[of]);
}
