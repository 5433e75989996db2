/**
 * What would mend each kind of drop, in English and Chinese. A word in braces is a fact; a text applies only where all its
 * facts are known, and the first that applies is taken. A reason without a text is one that needs no mending.
 */
import type { DropReason } from "../../core/drop-reason.js";
import type { Facts } from "./advice.js";

export interface Variant {
  readonly when?: (facts: Facts) => boolean;
  readonly en: string;
  readonly zh: string;
}

const throughGateway = ({ via }: Facts): boolean => via !== "on link";
const onLink = ({ via }: Facts): boolean => via === "on link";

const only = (en: string, zh: string): readonly Variant[] => [{ en, zh }];
const CORRUPTION = only(
  "Bits change on the link before {node}: look at its impairments (corrupt, bitErrorRate), in reality at cable and connectors.",
  "到达 {node} 之前链路上有比特翻转：检查该链路的损伤设置（corrupt、bitErrorRate），现实中则检查线缆和接头。",
);
const SENDER_FAULT = only(
  "The sender builds the packet wrongly: look at the program that sent it, and at what changed it on the way.",
  "发送方构造的报文有误：检查发送它的程序，以及途中改动它的设备。",
);
export const ADVICE: Readonly<Record<DropReason, readonly Variant[]>> = {
  "link-down": only(
    "Plug the cable at {node} back in, or set the link up; the other end must be up as well.",
    "重新接上 {node} 的线缆或将链路置为 up；对端接口也必须是 up。",
  ),
  "link-loss": only(
    "The link loses frames by its impairment `loss`: lower it, or repeat what is lost (TCP does).",
    "链路按损伤参数 loss 丢帧：降低该值，或由上层重传（TCP 会这样做）。",
  ),
  "link-queue-full": only(
    "{node} sends faster than the link carries: raise the link's rate, its queue, or send more slowly.",
    "{node} 的发送速度超过链路速率：提高链路速率、加大队列，或放慢发送。",
  ),
  "no-link": only(
    "Nothing is plugged in there: add a link in the lab file that ends at this port of {node}.",
    "该端口没有连接：在实验文件中为 {node} 的这个端口添加一条链路。",
  ),
  "port-down": only(
    "Set the interface up: `ip link set {dev} up` on {node}.",
    "启用接口：在 {node} 上执行 `ip link set {dev} up`。",
  ),
  "node-down": only("Start {node} again.", "重新启动 {node}。"),
  "frame-too-short": SENDER_FAULT,
  "frame-too-long": [
    {
      en: "The frame is longer than the MTU allows (at {node}): make the MTUs of both ends and of everything between equal, or send smaller packets.",
      zh: "帧长超过 MTU（在 {node}）：让两端及中间设备的 MTU 一致，或发送更小的报文。",
    },
  ],
  "fcs-error": CORRUPTION,
  "not-for-us": [],
  "own-frame": only(
    "A frame came back to its sender: look for a loop, or for two interfaces with the same MAC address.",
    "帧回到了发送者：检查是否有环路，或两个接口使用了相同的 MAC 地址。",
  ),
  "unknown-ethertype": only(
    "{node} does not speak this protocol: send IPv4 or ARP, or untag the frame before it.",
    "{node} 不支持该协议：发送 IPv4 或 ARP，或在到达前去掉标签。",
  ),
  "switch-same-port": [],
  "switch-no-port": only(
    "{node} has no other port with a link that is up: plug in the destination.",
    "{node} 没有其他处于 up 的端口：请接上目的设备。",
  ),
  "switch-group-source": SENDER_FAULT,
  "switch-reserved": [],
  "arp-malformed": SENDER_FAULT,
  "arp-not-ours": [],
  "arp-conflict": only(
    "Two machines have the same address: `ip addr` on {node} and on the sender; give one of them another.",
    "两台机器使用了相同的地址：在 {node} 和发送方上查看 `ip addr`，给其中一台换一个地址。",
  ),
  "arp-ignored": only(
    "ARP is switched off on {dev} of {node}: `ip link set {dev} arp on`, or arp_ignore to 0.",
    "{node} 的 {dev} 关闭了 ARP：执行 `ip link set {dev} arp on`，或将 arp_ignore 设为 0。",
  ),
  "neigh-failed": [
    {
      when: throughGateway,
      en: "Nobody on {node}'s link {dev} answers for {via}, the gateway that route {route} names: correct the gateway (`ip route replace {route} via ...` on {node}), or bring {via} up on that link.",
      zh: "{node} 的 {dev} 链路上无人应答网关 {via}（由路由 {route} 指定）：在 {node} 上修正网关（`ip route replace {route} via ...`），或让 {via} 在该链路上可用。",
    },
    {
      when: onLink,
      en: "Nobody on {node}'s link {dev} has the address {dst}, which route {route} says is there. Is the host up and cabled, and has it this address? If it is behind a router, the prefix length on {dev} of {node} is too short.",
      zh: "{node} 的 {dev} 链路上没有地址 {dst}，而路由 {route} 认为它直连。目的主机是否启动、接线并配置了该地址？如果它在路由器后面，说明 {node} 的 {dev} 前缀长度过短。",
    },
    {
      en: "Nobody on the link of {node} answers ARP for {ip}: is that host up, cabled, and has it this address?",
      zh: "{node} 的链路上无人应答对 {ip} 的 ARP 请求：该主机是否启动、接线并配置了此地址？",
    },
    {
      en: "Nobody on the link of {node} answers ARP for the next hop: is that host up and cabled?",
      zh: "{node} 的链路上无人应答对下一跳的 ARP 请求：该主机是否启动并接线？",
    },
  ],
  "neigh-queue-full": only(
    "Too many packets wait for one neighbour of {node}: mend why it does not answer ARP, or wait for the first answer before sending more.",
    "{node} 上等待同一邻居的报文过多：先解决其不应答 ARP 的问题，或等首个应答后再继续发送。",
  ),
  "neigh-table-full": only(
    "{node} knows too many neighbours: raise net.ipv4.neigh.default.gc_thresh3, or make the subnet smaller.",
    "{node} 的邻居表已满：提高 net.ipv4.neigh.default.gc_thresh3，或缩小子网。",
  ),
  "ip-malformed": SENDER_FAULT,
  "ip-checksum": SENDER_FAULT,
  "ip-truncated": SENDER_FAULT,
  "ip-martian-source": only(
    "{node} cannot believe the source address on {dev}: give the sender an address of its own subnet, not one of {node}'s and not loopback.",
    "{node} 认为 {dev} 上的源地址不可信：为发送方配置其所在子网的地址，不能是 {node} 自己的地址或环回地址。",
  ),
  "ip-martian-destination": only(
    "The destination address may not appear on a link: choose an ordinary unicast address.",
    "该目的地址不允许出现在链路上：请使用普通单播地址。",
  ),
  "ip-source-filtered": [
    {
      en: "{node} would answer {src} through another interface than {dev} (rp_filter): add a route to {src} through {dev}, or set rp_filter to 0 or 2.",
      zh: "{node} 回复 {src} 时会走 {dev} 以外的接口（rp_filter）：添加经 {dev} 到 {src} 的路由，或将 rp_filter 设为 0 或 2。",
    },
  ],
  "ip-forwarding-off": only(
    "{node} is no router: send to another gateway, or `sysctl -w net.ipv4.ip_forward=1` on {node}.",
    "{node} 不转发报文：改用其他网关，或在 {node} 上执行 `sysctl -w net.ipv4.ip_forward=1`。",
  ),
  "ip-no-route": [
    {
      en: "{node} has no route to {dst}: add one there (`ip route add PREFIX via GATEWAY`), or a default route.",
      zh: "{node} 没有到 {dst} 的路由：在其上添加（`ip route add 前缀 via 网关`），或添加默认路由。",
    },
    { en: "{node} has no route to the destination: add one.", zh: "{node} 没有到目的地的路由：请添加。" },
  ],
  "ip-unreachable-route": only(
    "A route of type unreachable on {node} covers the destination: remove it, or add a more specific route.",
    "{node} 上有 unreachable 类型的路由覆盖该目的地：删除它，或添加更具体的路由。",
  ),
  "ip-prohibit-route": only(
    "A route of type prohibit on {node} covers the destination: remove it, or add a more specific route.",
    "{node} 上有 prohibit 类型的路由覆盖该目的地：删除它，或添加更具体的路由。",
  ),
  "ip-blackhole-route": only(
    "A route of type blackhole on {node} covers the destination: remove it, or add a more specific route.",
    "{node} 上有 blackhole 类型的路由覆盖该目的地：删除它，或添加更具体的路由。",
  ),
  "ip-ttl-exceeded": only(
    "The TTL ran out at {node}: look for a loop (do routers point at each other for {dst}?), or send with a larger TTL.",
    "TTL 在 {node} 处耗尽：检查是否存在路由环路（路由器对 {dst} 是否互相指向？），或用更大的 TTL 发送。",
  ),
  "ip-needs-fragmentation": [
    {
      en: "The packet has {size} bytes, the next link carries {mtu}, and it must not be fragmented: send at most {mtu} bytes, or raise the MTU there.",
      zh: "报文有 {size} 字节，下一链路只能承载 {mtu} 字节且不允许分片：发送不超过 {mtu} 字节，或提高该处 MTU。",
    },
    {
      en: "The packet is too large for the next link of {node}: send smaller ones, or allow fragmentation.",
      zh: "报文对 {node} 的下一链路来说过大：发送更小的报文，或允许分片。",
    },
  ],
  "ip-options": SENDER_FAULT,
  "ip-multicast-forward": only(
    "{node} has no multicast route: receivers must be on the sender's link.",
    "{node} 没有组播路由：接收者必须与发送者在同一链路。",
  ),
  "ip-not-link-unicast": only(
    "The frame was sent to all stations, so {node} may not forward it: the sender must resolve its gateway's MAC address.",
    "该帧以链路层广播发送，{node} 不得转发：发送方应解析网关的 MAC 地址。",
  ),
  "ip-unknown-protocol": only(
    "{node} runs nothing for this IP protocol: start it there, or send another protocol.",
    "{node} 上没有处理该 IP 协议的程序：在其上启动，或改用其他协议。",
  ),
  "fragment-malformed": SENDER_FAULT,
  "fragment-duplicate": [],
  "fragment-overlap": SENDER_FAULT,
  "fragment-timeout": only(
    "Some fragments never reached {node}: look where they were lost, or send packets that fit the path's MTU.",
    "部分分片未到达 {node}：查找其丢失之处，或发送不超过路径 MTU 的报文。",
  ),
  "fragment-limit": only(
    "More traffic arrives than is taken away here: send more slowly, or allow more room.",
    "到达的流量多于处理能力：降低发送速率，或增大缓冲。",
  ),
  "fragment-too-big": SENDER_FAULT,
  "icmp-malformed": SENDER_FAULT,
  "icmp-checksum": SENDER_FAULT,
  "icmp-ignored": only(
    "{node} is set to ignore this: look at net.ipv4.icmp_echo_ignore_all, icmp_echo_ignore_broadcasts and accept_redirects there.",
    "{node} 被设置为忽略此报文：检查其 net.ipv4.icmp_echo_ignore_all、icmp_echo_ignore_broadcasts 和 accept_redirects。",
  ),
  "icmp-no-socket": only(
    "No program on {node} waits for it any more: it came too late, or for a program that has ended.",
    "{node} 上已没有程序等待它：来得太晚，或程序已结束。",
  ),
  "icmp-unknown-type": SENDER_FAULT,
  "udp-malformed": SENDER_FAULT,
  "udp-checksum": SENDER_FAULT,
  "udp-no-port": [
    {
      en: "No program on {node} listens on UDP port {port}: start it, or correct the port.",
      zh: "{node} 上没有程序监听 UDP 端口 {port}：启动它，或更正端口。",
    },
    {
      en: "No program on {node} listens on that UDP port: start it, or correct the port.",
      zh: "{node} 上没有程序监听该 UDP 端口：启动它，或更正端口。",
    },
  ],
  "vxlan-malformed": SENDER_FAULT,
  "vxlan-other-vni": only(
    "The two ends name different VXLAN networks: give both the same vni.",
    "两端的 VXLAN 网络标识不同：请配置相同的 vni。",
  ),
  "vxlan-not-peer": only(
    "The datagram came from an address that {node} does not expect: correct the peer's address.",
    "数据报来自 {node} 未预期的地址：请更正对端地址。",
  ),
  "border-unsent": only(
    "The outside would not take the frame: look at the device or socket at {node}'s border.",
    "外部未接收该帧：检查 {node} 边界处的设备或套接字。",
  ),
};
