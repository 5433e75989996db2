/** What each word of `ip addr` means (ip-address(8), netdevice(7), RFC 791, RFC 4291). */
import type { Lesson, LessonEntry } from "./lesson.js";

const entry = (pattern: RegExp, en: string, zh: string): LessonEntry => ({ pattern, about: { en, zh } });

export const IP_ADDR: Lesson = {
  command: "ip addr",
  about: {
    en: "The network interfaces of a machine, with the link address and the IP addresses of each.",
    zh: "本机的各个网络接口，以及每个接口的链路地址和 IP 地址。",
  },
  entries: [
    entry(
      /\d+: /,
      "the interface's number (ifindex); the kernel knows interfaces by it",
      "接口编号（ifindex），内核用它来识别接口",
    ),
    entry(
      /lo: (?=<)/,
      "the loopback interface: packets from this machine to itself",
      "回环接口：本机发给自己的数据包走这里",
    ),
    entry(
      /[\w.@-]+: (?=<)/,
      "the interface's name; eth0 is the first Ethernet network card",
      "接口名称；eth0 是第一块以太网网卡",
    ),
    entry(/</, "the flags of the interface stand between < and >", "尖括号中是接口的标志"),
    entry(/>/, "end of the flags", "标志结束"),
    entry(/,/, "between two flags", "两个标志之间的分隔符"),
    entry(
      /NO-CARRIER/,
      "flag: switched on, but there is no signal: the cable is out, or the other end is off",
      "标志：接口已启用但没有载波，网线未插好或对端关闭",
    ),
    entry(/LOOPBACK/, "flag: a loopback interface", "标志：这是回环接口"),
    entry(
      /BROADCAST/,
      "flag: the link can carry a frame to everybody (ff:ff:ff:ff:ff:ff)",
      "标志：链路支持广播，可以发给所有站点（ff:ff:ff:ff:ff:ff）",
    ),
    entry(/MULTICAST/, "flag: the link can carry frames to groups of stations", "标志：链路支持组播"),
    entry(/NOARP/, "flag: neighbours are not asked for by ARP", "标志：不使用 ARP 解析邻居"),
    entry(/ALLMULTI/, "flag: takes the frames of all multicast groups", "标志：接收所有组播帧"),
    entry(
      /PROMISC/,
      "flag: promiscuous: takes every frame, whomever it is for",
      "标志：混杂模式，接收所有帧，不论发给谁",
    ),
    entry(
      /LOWER_UP/,
      "flag: the layer below is up: there is a signal on the cable",
      "标志：底层（物理层）已连通，网线上有信号",
    ),
    entry(/UP(?=[,>])/, "flag: an administrator has switched the interface on", "标志：接口已被管理员启用"),
    entry(
      /mtu \d+/,
      "maximum transmission unit: the largest packet, in bytes, that the link takes in one frame",
      "最大传输单元：一帧能装下的最大数据包，单位是字节",
    ),
    entry(
      /qdisc noqueue/,
      "queueing discipline: none, packets are sent at once",
      "排队规则：不排队，立即发送",
    ),
    entry(
      /qdisc \S+/,
      "queueing discipline: how packets that wait to be sent are ordered",
      "排队规则：等待发送的数据包怎样排队",
    ),
    entry(/state UP/, "operational state: ready to carry packets", "运行状态：可以收发数据"),
    entry(/state DOWN/, "operational state: not able to carry packets", "运行状态：不能收发数据"),
    entry(
      /state UNKNOWN/,
      "operational state: the device does not tell it, as is usual for lo",
      "运行状态：设备不报告状态，lo 通常如此",
    ),
    entry(/state \S+/, "operational state (RFC 2863)", "运行状态（RFC 2863）"),
    entry(
      /group \S+/,
      "the group of interfaces that it belongs to, for changing several at once",
      "接口所属的组，便于同时设置多个接口",
    ),
    entry(/qlen \d+/, "how many packets may wait to be sent", "发送队列的长度：最多可有多少个数据包等待发送"),
    entry(
      /link\/loopback/,
      "link type: loopback; the link address follows",
      "链路类型：回环，后面是链路地址",
    ),
    entry(/link\/ether/, "link type: Ethernet; the MAC address follows", "链路类型：以太网，后面是 MAC 地址"),
    entry(/link\/\S+/, "link type; the link address follows", "链路类型，后面是链路地址"),
    entry(
      /brd ff:ff:ff:ff:ff:ff/,
      "the link address of everybody: a frame to it is a broadcast",
      "广播链路地址：发到这里的帧所有站点都会收到",
    ),
    entry(
      /brd 00:00:00:00:00:00/,
      "the broadcast link address; loopback has none to speak of",
      "广播链路地址；回环接口实际上没有",
    ),
    entry(
      /[0-9a-f]{2}(:[0-9a-f]{2}){5}/,
      "the interface's own MAC address, 48 bits",
      "接口自己的 MAC 地址，48 位",
    ),
    entry(/inet6 [0-9a-f:]+\/\d+/, "an IPv6 address with the length of its prefix", "IPv6 地址及其前缀长度"),
    entry(
      /inet [\d.]+ peer [\d.]+\/\d+/,
      "an IPv4 address, and that of the other end of a point-to-point link",
      "IPv4 地址，以及点对点链路对端的地址",
    ),
    entry(
      /inet 127\.[\d.]+\/\d+/,
      "the loopback address: this machine itself; it is never on a cable",
      "回环地址：指本机自己，永远不会出现在网线上",
    ),
    entry(
      /inet [\d.]+\/\d+/,
      "an IPv4 address; the number behind / is the length of the netmask in bits: that part names the network, the rest the host",
      "IPv4 地址；斜线后是子网掩码的位数：前面这些位表示网络，其余表示主机",
    ),
    entry(
      /brd [\d.]+/,
      "the broadcast address of this network: all host bits are 1",
      "本网络的广播地址：主机位全为 1",
    ),
    entry(
      /metric \d+/,
      "the metric of the route that the address brought: the lowest wins",
      "该地址带来的路由的度量值，越小越优先",
    ),
    entry(
      /scope host/,
      "where the address is valid: inside this machine only",
      "地址的有效范围：仅限本机内部",
    ),
    entry(/scope link/, "where the address is valid: on this link only", "地址的有效范围：仅限本链路"),
    entry(/scope global/, "where the address is valid: everywhere", "地址的有效范围：全局"),
    entry(/scope \S+/, "where the address is valid", "地址的有效范围"),
    entry(
      /secondary/,
      "not the first address of its network on this interface; it goes when the first goes",
      "辅助地址：该接口在同一网络中的第二个或以后的地址，主地址删除时它也会消失",
    ),
    entry(
      /dynamic/,
      "the address is leased (by DHCP, say) and will expire",
      "动态地址：由 DHCP 等租得，到期失效",
    ),
    entry(
      /deprecated/,
      "its preferred lifetime is over: not used for new connections",
      "首选期已过：不再用于新的连接",
    ),
    entry(/noprefixroute/, "the address brought no route to its network", "该地址没有自动添加到本网络的路由"),
    entry(
      /valid_lft forever/,
      "valid lifetime: the address stays until it is removed",
      "有效期：永久，直到被删除",
    ),
    entry(
      /valid_lft \d+sec/,
      "valid lifetime: so many seconds until the address is removed",
      "有效期：再过这么多秒地址将被删除",
    ),
    entry(
      /preferred_lft forever/,
      "preferred lifetime: for ever good for new connections",
      "首选期：永久可用于新的连接",
    ),
    entry(
      /preferred_lft \d+sec/,
      "preferred lifetime: so many seconds good for new connections",
      "首选期：在这么多秒内可用于新的连接",
    ),
    entry(
      /[\w.-]+(:\w+)?(?=$)/,
      "the label of the address: the interface's name, or an alias such as eth0:1",
      "地址标签：接口名称，或别名（如 eth0:1）",
    ),
  ],
};
