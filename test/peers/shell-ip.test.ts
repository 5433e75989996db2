/** ip(8), typed on a kernel's namespace and on a simulated host: text and status agree. */
import { describeWithPeers } from "./peer.js";
import { same } from "./shell-twin.js";

describeWithPeers(["ip", "bash"], "iproute2", () => {
  same(
    "ip addr shows, adds, changes and removes",
    `
    ip a
    ip link
    ip -br a
    ip -br l
    ip link set eth0 up
    sleep 1.2
    ip addr add 10.0.0.1/24 dev eth0
    ip addr add 10.0.0.2/24 dev eth0
    ip addr add 10.0.0.1/24 dev eth0
    ip addr add 10.1.0.1/16 brd + dev eth0
    ip addr add 192.168.5.5 dev eth0
    ip addr add 192.168.6.1/30 dev eth0 label eth0:1
    ip addr add 192.168.7.1 peer 192.168.7.2 dev eth0
    ip addr add 192.168.8.1/24 dev eth0 scope link
    ip addr add 192.168.9.1/24 dev eth0 noprefixroute metric 50
    ip a
    ip -4 a
    ip -6 a
    ip -br a
    ip -o a
    ip -s a s lo
    ip -f inet a s lo
    ip a s dev eth0
    ip a s eth0
    ip addr show up
    ip addr show scope global
    ip addr show scope link
    ip addr show to 10.0.0.0/8
    ip addr show label eth0:1
    ip addr show permanent
    ip addr show dynamic
    ip addr show primary
    ip addr show secondary
    ip -br addr show up
    ip r
    ip route show table local
    ip route show table all
    ip addr del 10.0.0.2 dev eth0
    ip addr change 10.2.0.1/24 dev eth0
    ip addr replace 10.2.0.1/24 dev eth0
    ip addr del 10.0.0.1/24 dev eth0
    ip -s addr flush dev eth0
    ip -s addr flush dev eth0
    ip a
    ip addr add 127.0.0.2/8 dev lo
    ip addr add 10.0.0.9/24 dev lo
    ip a s lo
    ip addr add 10.3.0.1/24 broadcast 10.3.0.99 dev eth0
    ip addr add 10.3.1.1/24 broadcast - dev eth0
    ip addr add local 10.3.3.1/24 dev eth0
    ip addr add 10.3.4.1/31 dev eth0
    ip addr add 10.4/16 dev eth0
    ip addr add 10.5.0.1/255.255.255.0 dev eth0
    ip addr add 0.0.0.0/24 dev eth0
    ip addr add 224.0.0.1/24 dev eth0
    ip addr add 169.254.1.1/16 dev eth0
    ip a s eth0
    ip r s t local
    ip addr flush label 'eth*'
    ip r s t all
    `,
  );

  same(
    "ip addr complains",
    `
    ip addr show eth9
    ip addr show foo bar
    ip addr show to foo
    ip addr show scope foo
    ip a s dev
    ip addr add 10.0.0.1/24
    ip addr add 10.0.0.1/24 dev eth9
    ip addr add foo dev eth0
    ip addr add 10.0.0.1/33 dev eth0
    ip addr add dev eth0
    ip addr add default dev eth0
    ip addr add
    ip addr del 10.1.0.1/16
    ip addr del 10.0.0.9/24 dev eth0
    ip addr foo
    ip addr add 10.2.0.1/24 dev eth0 foo
    ip addr add 10.2.0.1/24 dev eth0 scope foo
    ip addr add 10.2.0.1/24 dev eth0 valid_lft foo
    ip addr add 10.2.0.1/24 dev eth0 valid_lft 10 preferred_lft 20
    ip addr add 10.2.0.1/24 dev eth0 brd foo
    ip addr add 10.2.0.1/24 brd 10.2.0.255 brd + dev eth0
    ip addr add 10.2.0.2 peer foo dev eth0
    ip addr add 10.2.0.1/24 dev eth0
    ip addr add 10.2.0.2/24 dev eth0 scope link
    ip addr del 10.2.0.1/16 dev eth0
    ip addr flush
    ip addr flush foo
    ip addr help
    ip a
    `,
  );

  same(
    "addresses expire",
    `
    ip link set eth0 up
    sleep 1.2
    ip addr add 10.2.0.1/24 dev eth0 valid_lft 1 preferred_lft 1
    ip addr show dynamic
    ip addr add 10.3.0.1/24 dev eth0 valid_lft 1000 preferred_lft 0
    ip addr show deprecated
    sleep 3
    ip -br a s eth0
    ip r
    ip addr change 10.3.0.1/24 dev eth0
    ip a s eth0
    `,
  );

  same(
    "ip link shows and sets",
    `
    ip link set eth0 up
    ip link set eth0 mtu 1400
    ip link set eth0 address 02:00:00:00:00:99
    ip link set eth0 promisc on
    sleep 1.2
    ip link show eth0
    ip link set eth0 promisc off
    ip link set eth0 multicast off
    ip link set eth0 allmulticast on
    ip link set eth0 arp off
    ip link show eth0
    ip link set eth0 multicast on allmulticast off arp on
    ip link set dev eth0 txqueuelen 500
    ip link set dev eth0 group 5
    ip link show eth0
    ip link set dev eth0 group default alias "to the core"
    ip link show eth0
    ip -s link show eth0
    ip -s -s link show lo
    ip link set eth0 alias ""
    ip link set eth0 broadcast ff:ff:ff:ff:ff:fe
    ip link set eth0 down
    ip link show eth0
    ip link set eth0 name wan0
    ip link show wan0
    ip link set wan0 name eth0 up
    sleep 1.2
    ip link show up
    ip link ls dev eth1
    ip -br link show eth0
    ip -br link show up
    ip -br link show type bridge
    ip -o link
    ip -s -o link show eth0
    ip -4 link
    ip lin
    ip li sh eth0
    ip l
    ip link set lo down
    ip link show lo
    ip a s lo
    ip r s t all
    ip link set lo up
    ip r s t all
    ip maddr show dev eth0
    ip -4 maddr
    ip -o maddr show eth0
    ip rule
    ip ru
    `,
  );

  same(
    "ip link complains",
    `
    ip link set eth0 mtu 60
    ip link set eth0 mtu 70000
    ip link set eth0 mtu foo
    ip link set eth0 mtu
    ip link set eth0 address 01:00:00:00:00:99
    ip link set eth0 address foo
    ip link set eth0 address zz
    ip link set eth0 address 02:00
    ip link set eth0 address 02:00:00:00:00:100
    ip link set eth0 promisc foo
    ip link set eth9 up
    ip link set up
    ip link set
    ip link set eth0
    ip link set eth0 name eth1
    ip link set eth0 foo
    ip link set eth0 up foo
    ip link set eth0 master eth1
    ip link set eth0 carrier off
    ip link set eth0 netns foo
    ip l s up
    ip link show eth9
    ip link del eth9
    ip link foo
    ip link help
    ip -foo link
    ip -f foo a
    ip foo
    ip neighs
    ip maddr foo
    ip
    ip -4 -o
    ip help
    `,
  );

  same(
    "ip route adds, shows and flushes",
    `
    ip link set eth0 up; ip link set eth1 up
    sleep 1.2
    ip addr add 10.173.32.9/20 dev eth0
    ip route add 10.176.48.0/20 via 10.173.32.1 dev eth0
    ip addr add 10.0.0.1/24 dev eth0
    ip addr add 10.1.0.1/24 dev eth1
    ip route
    ip route add 10.9.0.0/16 via 10.0.0.254
    ip route add 10.8.0.0/16 via 10.5.0.254 dev eth0 onlink
    ip route add 10.8.1.0/24 via 10.1.0.254 dev eth1
    ip route add default via 10.0.0.254
    ip route add default via 10.0.0.253 metric 100
    ip route append default via 10.0.0.253
    ip route replace 10.9.0.0/16 via 10.0.0.252
    ip route change 10.9.0.0/16 via 10.0.0.251
    ip route add blackhole 10.20.0.0/16
    ip route add unreachable 10.21.0.0/16
    ip route add prohibit 10.22.0.0/16 metric 7
    ip route add throw 10.23.0.0/16
    ip route add 10.24.0.0/16 dev eth0 src 10.0.0.1
    ip route add 10.27.0.0/16 via 10.0.0.254 proto static
    ip route add 10.28.0.0/16 via 10.0.0.254 proto 99 mtu 1300 metric 5
    ip route add 10.28.1.0/24 via 10.0.0.254 proto 77
    ip route add 10.29.0.0/16 via 10.0.0.254 table 100
    ip route add 10.30.0.0/16 nexthop via 10.0.0.254 weight 1 nexthop via 10.0.0.253 weight 3
    ip route add 10.31.0.0/16 nexthop dev eth0 nexthop dev eth1 weight 2
    ip route add local 10.33.0.1 dev lo
    ip route add broadcast 10.34.0.255 dev eth0
    ip route add 10.36.1.2 dev eth0 scope host
    ip route add 10.38/16 via 10.0.0.254
    ip route add 10.39 via 10.0.0.254
    ip route add 10.77.0.0/255.255.0.0 via 10.0.0.254
    ip route add to 10.40.0.0/16 via inet 10.0.0.254
    ip route add 10.41.0.0/16 via 10.0.0.254 mtu 70000
    ip route prepend 10.9.0.0/16 via 10.0.0.249
    ip route append 10.9.0.0/16 via 10.0.0.248
    ip route
    ip route list
    ip ro sh
    ip r s t all
    ip route show 10.9.0.0/16
    ip route show 10.0.0.0/8
    ip route show root 10.0.0.0/8
    ip route show match 10.0.0.5
    ip route show exact 10.0.0.0/24
    ip route show to 10.9.0.0/16
    ip route show default
    ip route show dev eth0
    ip route show via 10.0.0.254
    ip route show proto static
    ip route show proto kernel
    ip route show scope link
    ip route show type blackhole
    ip route show src 10.0.0.1
    ip route show metric 5
    ip route show table 100
    ip route show table local
    ip route show table main
    ip route show cache
    ip -d route
    ip -o route show 10.30.0.0/16
    ip -6 route
    ip route del 10.9.0.0/16
    ip route del default metric 100
    ip route del default via 10.0.0.254
    ip route del blackhole 10.20.0.0/16
    ip route del 10.30.0.0/16
    ip route del 10.31.0.0/16 nexthop dev eth0 nexthop dev eth1
    ip route del 10.29.0.0/16 table 100
    ip route flush 10.21.0.0/16
    ip -s route flush proto static
    ip -s route flush proto static
    ip route flush table 100
    ip route flush cache
    ip route flush root 10.36.0.0/16
    ip route
    ip route flush table main
    ip route
    `,
  );

  same(
    "ip route complains",
    `
    ip route add 10.9.0.0/16 via 10.0.0.254
    ip route add 10.9.0.0/16 dev eth0
    ip link set eth0 up
    ip addr add 10.0.0.1/24 dev eth0
    ip route add 10.9.0.0/16 via 10.0.0.254
    ip route add 10.9.0.0/16 via 10.0.0.254
    ip route append 10.9.0.0/16 via 10.0.0.254
    ip route change 10.9.0.0/16 via 10.0.0.254 metric 3
    ip route add 10.8.0.0/16 via 10.5.0.254
    ip route add 10.8.0.0/16 via 10.5.0.254 dev eth0
    ip route add 10.8.0.0/16 via 10.0.0.255
    ip route add 10.8.0.0/16 via 224.0.0.1
    ip route add 10.8.0.0/16 via 10.0.0.2 dev eth1
    ip route add 10.8.0.0/16 via 10.0.0.77 onlink
    ip route add 10.8.0.0/16 via 10.0.0.1 dev eth1 onlink
    ip route add 10.8.0.0/16 via 10.0.0.1 dev eth0 onlink
    ip route add 10.8.0.0/16 via 10.0.0.254 scope link
    ip route add 10.8.1.0/24
    ip route add 10.8.1.1/24 dev eth0
    ip route add foo dev eth0
    ip route add 10.8.1.0/24 via foo
    ip route add 10.8.1.0/24 dev eth9
    ip route add blackhole 10.20.0.0/16 dev eth0
    ip route add 10.25.0.0/16 dev eth0 src 10.0.0.77
    ip route add 10.37.1.2 dev eth0 scope foo
    ip route add 10.39.1.2 via 10.0.0.254 metric foo
    ip route add 10.39.1.2 via 10.0.0.254 mtu foo
    ip route add 10.39.1.2 via 10.0.0.254 table foo
    ip route add 10.39.1.2 via 10.0.0.254 proto foo
    ip route add 10.39.1.2 via 10.0.0.254 foo
    ip route add 10.39.1.2 via 10.0.0.254 dev
    ip route add 10.39.1.2 via
    ip route add 10.39.1.2 gw 10.0.0.254
    ip route add 10.76.0.0/255.0.255.0 via 10.0.0.2
    ip route add 10.78.0.0/33 via 10.0.0.2
    ip route add 10.32.0.0/16 nexthop
    ip route add 10.32.0.0/16 nexthop via 10.0.0.254 weight 0
    ip route add 10.32.0.0/16 nexthop via 10.0.0.254 nexthop via 10.9.0.254
    ip route add
    ip route change 10.99.0.0/16 via 10.0.0.251
    ip route del 10.99.0.0/16
    ip route del 10.9.0.1/16
    ip route del 10.9.0.0/16 dev eth1
    ip route del 10.9.0.0/16 proto static
    ip route del 10.9.0.0/16 scope link
    ip route del 10.9.0.0/16 src 10.0.0.1
    ip route del unreachable 10.9.0.0/16
    ip route del default
    ip route del foo
    ip route del
    ip route show table 200
    ip route show table foo
    ip route show foo
    ip route show dev eth9
    ip route show scope foo
    ip route show proto foo
    ip route show type foo
    ip route show via foo
    ip route flush
    ip route flush dev eth9
    ip route flush table 77
    ip route foo
    ip route help
    ip route
    `,
  );

  same(
    "ip route get answers",
    `
    ip link set eth0 up; ip link set eth1 up
    sleep 1.2
    ip addr add 10.0.0.1/24 dev eth0
    ip addr add 10.1.0.1/24 dev eth1
    ip route get 8.8.8.8
    ip route add default via 10.0.0.254
    ip route add 10.9.0.0/16 via 10.1.0.251
    ip route add 10.20.0.0/16 dev eth1 mtu 1300
    ip route add blackhole 10.30.0.0/16
    ip route add unreachable 10.31.0.0/16
    ip route add prohibit 10.32.0.0/16
    ip route add throw 10.33.0.0/16
    ip route get 10.9.0.1
    ip route get 10.0.0.1
    ip route get 10.0.0.5
    ip route get 10.0.0.255
    ip route get 127.0.0.1
    ip route get 0.0.0.0
    ip route get 255.255.255.255
    ip route get 224.0.0.1
    ip route get 239.1.1.1
    ip route get 8.8.8.8
    ip route get 10.20.0.1
    ip route get 10.30.0.1
    ip route get 10.31.0.1
    ip route get 10.32.0.1
    ip route get 10.33.0.1
    ip route get 10.0.0.5 from 10.0.0.1
    ip route get 10.0.0.5 from 10.0.0.77
    ip route get 8.8.8.8 oif eth0
    ip route get 8.8.8.8 dev eth1
    ip route get 8.8.8.8 oif eth9
    ip route get to 10.0.0.5
    ip route get fibmatch 10.9.0.1
    ip route get 10.9.0.1/16
    ip -o route get 10.9.0.1
    ip route get foo
    ip route get 10.0.0.5 foo
    ip route get
    ip route get 10.9.0.5 from 10.0.0.77 iif eth0
    ip route get 10.1.0.1 from 10.0.0.77 iif eth0
    sysctl -w net.ipv4.ip_forward=1
    ip route get 10.9.0.5 from 10.0.0.77 iif eth0
    ip route get 10.1.0.5 from 10.0.0.77 iif eth0
    ip route get 10.1.0.1 from 10.0.0.77 iif eth0
    ip route get 10.1.0.1 from 10.0.0.77 iif eth9
    ip route get 10.0.0.5 iif eth0
    `,
  );

  same(
    "routes follow devices, carriers and addresses",
    `
    ip addr add 10.0.0.1/24 dev eth0
    ip r s t all
    ip route get 10.0.0.1
    ip route get 10.0.0.5
    ip link set eth0 up; ip link set eth1 up
    sleep 1.2
    ip r s t all
    ip addr add 10.1.0.1/24 dev eth1
    ip route add 10.30.0.0/16 nexthop via 10.0.0.254 nexthop via 10.1.0.254
    ip route add 10.31.0.0/16 dev eth0 scope host
    ip route add default via 10.0.0.254
    far: ip link set eth0 down
    sleep 2
    ip link show eth0
    ip a s eth0
    ip -br a
    ip r s t all
    ip route get 8.8.8.8
    ip route add 10.44.0.0/16 via 10.0.0.254
    ip r
    far: ip link set eth0 up
    sleep 2
    ip r s t all
    ip link set eth0 down
    sleep 1.2
    ip r s t all
    ip link set eth0 up
    sleep 1.2
    ip r s t all
    ip addr add 10.0.0.2/24 dev eth0
    ip addr add 10.5.0.1/24 dev eth0
    ip route add 10.35.0.0/16 dev eth0 src 10.0.0.2
    ip route add 10.36.0.0/16 dev eth0 src 10.5.0.1
    ip r s t all
    ip addr del 10.0.0.2/24 dev eth0
    ip r s t all
    ip addr del 10.5.0.1/24 dev eth0
    ip r s t all
    ip addr del 10.0.0.1/24 dev eth0
    ip r s t all
    ip addr add 10.0.0.1/24 dev lo
    ip addr add 10.0.0.1/24 dev eth1
    ip r s t all
    ip addr del 10.0.0.1/24 dev eth1
    ip r s t all
    `,
  );

  same(
    "ip neigh adds, shows and flushes",
    `
    ip link set eth0 up; ip link set eth1 up
    sleep 1.2
    ip addr add 10.0.0.1/24 dev eth0
    ip neigh add 10.0.0.5 lladdr 02:00:00:00:00:55 dev eth0
    ip neigh add 10.0.0.6 lladdr 02:00:00:00:00:56 dev eth0 nud reachable
    ip neigh add 10.0.0.7 lladdr 02:00:00:00:00:57 dev eth0 nud stale
    ip neigh add 10.0.0.8 lladdr 02:00:00:00:00:58 dev eth0 nud permanent
    ip neigh add 10.0.0.9 lladdr 02:00:00:00:00:59 dev eth0 nud noarp
    ip neigh add 10.0.0.10 dev eth0 nud failed
    ip neigh add 10.0.0.18 lladdr 02:00:00:00:00:61 dev eth0 nud none
    ip neigh change 10.0.0.5 lladdr 02:00:00:00:00:62 dev eth0
    ip neigh replace 10.0.0.20 lladdr 02:00:00:00:00:63 dev eth0 nud stale
    ip neigh replace 10.0.0.20 lladdr 02:00:00:00:00:64 dev eth0 nud stale
    ip neigh
    ip neigh show dev eth0
    ip neigh show dev eth1
    ip neigh show 10.0.0.5
    ip neigh show to 10.0.0.0/28
    ip neigh show nud permanent
    ip neigh show nud stale
    ip neigh show nud all
    ip neigh show nud failed
    ip neigh get 10.0.0.5 dev eth0
    ip -4 neigh show dev eth0 nud stale
    ip neigh del 10.0.0.5 dev eth0
    ip neigh flush dev eth0
    ip neigh
    ip -s neigh flush dev eth0 nud permanent
    ip -s neigh flush dev eth0
    ip neigh
    ip neigh add 10.0.0.5 lladdr 02:00:00:00:00:55 dev eth1
    ip neigh add 10.0.0.6 lladdr 02:00:00:00:00:55 dev eth1 nud reachable
    ip neigh
    ip link set eth1 down
    ip neigh
    `,
  );

  same(
    "ip neigh complains",
    `
    ip link set eth0 up
    ip neigh add 10.0.0.5 lladdr 02:00:00:00:00:55 dev eth0
    ip neigh add 10.0.0.5 lladdr 02:00:00:00:00:55 dev eth0
    ip neigh add 10.0.0.11 dev eth0
    ip neigh add 10.0.0.12 lladdr 02:00:00:00:00:5b nud foo dev eth0
    ip neigh add 10.0.0.13 lladdr foo dev eth0
    ip neigh add 10.0.0.13 lladdr zz dev eth0
    ip neigh add 10.0.0.14 lladdr 02:00:00:00:00:5c dev eth9
    ip neigh add 10.0.0.15 lladdr 02:00:00:00:00:5c
    ip neigh add foo lladdr 02:00:00:00:00:5c dev eth0
    ip neigh add dev eth0
    ip neigh add 10.0.0.6 lladdr 02:00:00:00:00:55 dev eth0 foo
    ip neigh change 10.0.0.99 lladdr 02:00:00:00:00:62 dev eth0
    ip neigh del 10.0.0.55 dev eth0
    ip neigh del 10.0.0.6
    ip neigh get 10.0.0.77 dev eth0
    ip neigh get 10.0.0.5
    ip neigh show nud foo
    ip neigh show foo
    ip neigh show dev eth9
    ip neigh flush
    ip neigh foo
    ip neigh help
    `,
  );
});
