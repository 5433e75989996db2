/** Errors that a system call gives a program: a Linux errno name and the text that strerror prints for it. */

const TEXTS = {
  EACCES: "Permission denied",
  EADDRINUSE: "Address already in use",
  EADDRNOTAVAIL: "Cannot assign requested address",
  EBADF: "Bad file descriptor",
  ECONNREFUSED: "Connection refused",
  EEXIST: "File exists",
  EHOSTUNREACH: "No route to host",
  EINVAL: "Invalid argument",
  EMSGSIZE: "Message too long",
  ENETDOWN: "Network is down",
  ENETUNREACH: "Network is unreachable",
  ENOBUFS: "No buffer space available",
  ENODEV: "No such device",
  ENOENT: "No such file or directory",
  ENOPROTOOPT: "Protocol not available",
  EOPNOTSUPP: "Operation not supported",
  EPERM: "Operation not permitted",
  ESRCH: "No such process",
  EDESTADDRREQ: "Destination address required",
} as const;

export type ErrnoName = keyof typeof TEXTS;

/** The text of an errno, as strerror gives it. */
export const strerror = (name: ErrnoName): string => TEXTS[name];

/** Thrown to programs by calls that they make; never by bytes from the network. */
export class SystemError extends Error {
  constructor(
    readonly errno: ErrnoName,
    /** The kernel's extended acknowledgement, where it gives one ("Nexthop has invalid gateway."). */
    readonly detail?: string,
  ) {
    super(detail ?? TEXTS[errno]);
  }
}
