/** sysctl(8) and net-tools, typed on a kernel's namespace and on a simulated host: text and status agree. */
import { describeWithPeers } from "./peer.js";
import { same } from "./shell-twin.js";

describeWithPeers(["sysctl", "bash"], "sysctl", () => {
  same(
    "reads, writes and complains",
    `
    sysctl net.ipv4.ip_forward
    sysctl -w net.ipv4.ip_forward=1
    sysctl net.ipv4.ip_forward
    sysctl -n net.ipv4.ip_forward
    sysctl -N net.ipv4.ip_forward
    sysctl net/ipv4/ip_forward
    sysctl net.ipv4.ip_forward=0
    sysctl net.ipv4.foo
    sysctl -w net.ipv4.foo=1
    sysctl -e net.ipv4.foo
    sysctl -w net.ipv4.ip_forward=foo
    sysctl -w net.ipv4.ip_forward
    sysctl net.ipv4.ip_forward net.ipv4.ip_default_ttl
    sysctl -q -w net.ipv4.ip_default_ttl=65
    sysctl net.ipv4.ip_default_ttl
    sysctl net.ipv4.ip_default_ttl=0
    sysctl net.ipv4.ip_local_port_range
    sysctl -w net.ipv4.ip_local_port_range="40000 50000"
    sysctl net.ipv4.ip_local_port_range
    sysctl -w net.ipv4.conf.eth0.rp_filter=1 net.ipv4.conf.all.rp_filter=2
    sysctl net.ipv4.conf.eth0.rp_filter
    sysctl net.ipv4.conf.eth9.rp_filter
    sysctl -a -r '[.]rp_filter'
    sysctl -w
    `,
  );
});

describeWithPeers(["ip", "ifconfig", "arp", "route", "bash"], "net-tools", () => {
  same(
    "ifconfig shows and sets",
    `
    ifconfig
    ifconfig -a
    ifconfig eth0
    ifconfig eth9
    ifconfig eth0 10.0.0.1 netmask 255.255.255.0
    sleep 1.2
    ifconfig eth0
    ip a s eth0
    ip r
    ifconfig eth0 10.0.0.2
    ifconfig eth0
    ip a s eth0
    ifconfig eth0 10.0.0.3/24 up
    ip a s eth0
    ifconfig eth0 netmask 255.255.0.0
    ip a s eth0
    ip r
    ifconfig eth0 broadcast 10.0.0.99
    ip a s eth0
    ifconfig eth0 mtu 1400
    ifconfig eth0 mtu 1
    ifconfig eth0 hw ether 02:00:00:00:00:77
    ifconfig eth0 promisc
    ifconfig eth0
    ifconfig eth0 -promisc
    ifconfig eth0 allmulti
    ifconfig eth0 -allmulti
    ifconfig eth0 -multicast
    ifconfig eth0 multicast
    ifconfig eth0 -arp
    ifconfig eth0
    ifconfig eth0 arp
    ifconfig eth0 txqueuelen 200
    ifconfig eth0 down
    ifconfig
    ifconfig -s
    ifconfig -s -a
    ifconfig eth0 up
    sleep 1.2
    ifconfig -s
    ifconfig eth0 netmask
    ifconfig eth9 up
    ifconfig eth9 10.0.0.1
    ifconfig -x
    ifconfig eth0:1 10.0.7.1 netmask 255.255.255.0
    ifconfig
    ip a s eth0
    ifconfig eth0:1
    ifconfig eth0:1 down
    ip a s eth0
    ifconfig eth0 0.0.0.0
    ip a s eth0
    ifconfig eth0 192.168.3.4
    ip a s eth0
    ifconfig lo
    ifconfig -v eth0
    ifconfig eth1 10.1.0.1 netmask 255.255.255.0 broadcast 10.1.0.255 mtu 1300 up
    sleep 1.2
    ifconfig eth1
    ifconfig lo 127.0.0.2
    ifconfig lo
    ifconfig eth0 mtu
    ifconfig eth0 promisc allmulti -arp
    ifconfig -s -a
    ifconfig eth0:1 10.0.7.1
    ifconfig -s -a
    `,
  );

  same(
    "route shows, adds and deletes",
    `
    ifconfig eth0 192.168.3.4 up; ifconfig eth1 10.1.0.1 netmask 255.255.255.0 up
    sleep 1.2
    route
    route -n
    route -e -n
    route -ee -n
    route add default gw 192.168.3.254
    route add -net 10.5.0.0 netmask 255.255.0.0 gw 192.168.3.253
    route add -net 10.6.0.0/16 gw 192.168.3.253 metric 5
    route add -host 10.7.0.1 gw 192.168.3.253
    route add -net 10.8.0.0 netmask 255.255.0.0 dev eth1
    route add -host 10.9.0.1 dev eth1
    route add -net 10.10.0.1 netmask 255.255.0.0 dev eth1
    route add -net 10.11.0.0/16 reject
    route add -net 10.11.0.0/16 reject
    route add 10.12.0.0 gw 192.168.3.253
    route add 10.12.3.4 gw 192.168.3.253
    route add -net 10.13.0.0 gw 192.168.3.253
    route add default gw 10.99.0.1
    route add -net 10.15.0.0 netmask 255.255.0.0
    route add -net 10.15.0.0 netmask 255.255.0.0 dev eth9
    route add default gw 192.168.3.254
    route add default dev eth1 metric 9
    route add default eth1
    route -n
    ip r
    route -ee -n
    route del default gw 192.168.3.254
    route del -net 10.5.0.0 netmask 255.255.0.0
    route del -net 10.5.0.0 netmask 255.255.0.0
    route del -net 10.6.0.0/16 gw 192.168.3.253
    route del -host 10.7.0.1
    route del -net 10.11.0.0/16 reject
    route del default
    route del
    route add
    route -n
    `,
  );

  same(
    "route shows what it cannot add, and complains",
    `
    ip link set eth0 up
    sleep 1.2
    ip addr add 10.0.0.1/24 dev eth0
    ip addr add 10.0.0.2/8 dev eth0
    ip route add unreachable 10.1.0.0/16 metric 7
    ip route add prohibit 10.1.0.1
    ip route add blackhole 10.2.0.0/16
    ip route add throw 10.3.0.0/16
    ip route add 10.4.0.0/16 dev eth0 mtu 1300
    ip route add 10.5.0.0/16 nexthop via 10.0.0.7 nexthop via 10.0.0.8
    ip route add default via 10.0.0.9
    route -n
    route -e -n
    route -ee -n
    route -n 10.0.0.0
    route add
    route add 10.9.0.0
    route add 10.9.0.0/16 eth0
    route add -host 10.9.0.1/24 dev eth0
    route add -net default gw 10.0.0.77 metric 3
    route add -net 10.0.0.0 gw 10.0.0.77
    route add -net 10.9.1.0/24 gw 10.0.0.77 dev eth1
    route add -net 10.9.2.0/24 gw 10.0.0.77 netmask 255.255.255.0
    route add -net 10.9.2.0/24 gw
    route add -net 10.9.2.0/33 gw 10.0.0.77
    route add -net 10.9.2.0/24 gw 10.0.0.77 foo bar
    route add -net 10.9.3.0/24 gw 10.0.0.77 metric foo
    route del -net 10.9.3.0/24 gw 10.0.0.78
    route del -net 10.9.3.0/24 dev eth1
    route del -net 10.9.3.0/24 metric 5
    route del -net 10.9.3.0/24 metric 0
    ip r
    route -n
    `,
  );

  same(
    "arp shows, adds and deletes",
    `
    ip link set eth0 up
    ip addr add 10.0.0.1/24 dev eth0
    arp
    arp -n
    arp -an
    arp -a
    arp -s 10.0.0.5 02:00:00:00:00:55
    arp -s 10.0.0.6 02:00:00:00:00:56 temp
    arp -n
    arp -an
    arp -a 10.0.0.5
    arp -n 10.0.0.5
    arp -n 10.0.0.77
    arp -an 10.0.0.77
    arp -n -i eth0
    arp -n -i eth9
    arp -v -n
    arp -e -n
    arp -d 10.0.0.5
    arp -n
    arp -d 10.0.0.77
    arp -d 10.0.0.99 -i eth9
    arp -s 10.0.0.5
    arp -s 10.9.0.5 02:00:00:00:00:55
    arp -i eth0 -s 10.0.0.9 02:00:00:00:00:59
    arp -an
    arp -d
    arp -s
    `,
  );
});
