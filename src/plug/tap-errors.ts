/**
 * What to tell a user whose TAP device could not be opened: what is wrong, and what to do about it.
 */
import type { TapOptions } from "./tap-plug.js";
import type { TapCall } from "./tap-reader.js";

const PRIVILEGE = "run as root (CAP_NET_ADMIN is needed)";

/** One sentence or two for the failed call and its error code. */
export function refusal(options: TapOptions, call: TapCall, code: string): string {
  const { device, netns, mtu } = options;
  const where = netns === undefined ? "" : ` in the network namespace ${netns}`;
  const noRight = code === "EPERM" || code === "EACCES";
  switch (call) {
    case "koffi":
      return `the koffi package, which makes system calls, cannot be loaded (${code}): reinstall the dependencies`;
    case "open netns":
      if (code === "ENOENT")
        return `there is no network namespace ${netns}: create it with \`ip netns add ${netns}\``;
      return `the network namespace ${netns} cannot be opened (${code}): ${PRIVILEGE}`;
    case "setns":
      if (noRight) return `no right to enter the network namespace ${netns}: ${PRIVILEGE}`;
      return `${netns} is not a network namespace (${code}): name one that \`ip netns list\` shows`;
    case "open tun":
      if (noRight) return `no right to open /dev/net/tun: ${PRIVILEGE}`;
      return `/dev/net/tun is missing (${code}): load the tun module with \`modprobe tun\`, or give the container that device (\`--device /dev/net/tun\`)`;
    case "TUNSETIFF":
      if (noRight)
        return `no right to create the device ${device}${where}: ${PRIVILEGE}, or have root make it for you with \`ip tuntap add ${device} mode tap user $USER\``;
      if (code === "EBUSY")
        return `the device ${device}${where} is in use by another program: end that one or choose another name`;
      if (code === "EINVAL" || code === "EEXIST")
        return `there is an interface ${device}${where} already and it is not a TAP device: choose another name`;
      return `the device ${device}${where} cannot be created (${code})`;
    case "SIOCSIFMTU":
      if (code === "EINVAL")
        return `the device ${device} cannot have an MTU of ${mtu}: Linux takes 68 to 65521`;
      return `the MTU of ${device} cannot be set (${code}): ${PRIVILEGE}`;
    case "SIOCSIFFLAGS":
      return `the device ${device} cannot be brought up (${code}): ${PRIVILEGE}`;
    case "eventfd":
      return `no more descriptors (${code}): raise the limit with \`ulimit -n\``;
  }
}
