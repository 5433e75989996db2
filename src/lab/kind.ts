/**
 * A kind of node. One definition yields everything: the type for programs, the check of lab files, the JSON Schema for
 * editors, the text of `netcosm kinds`, the page in the documentation, and the node itself.
 */
import type { z } from "zod";
import type { Ipv4 } from "../core/ipv4.js";
import type { Node } from "../link/node.js";
import type { Port } from "../link/port.js";
import type { World } from "../link/world.js";

/** Text for people, in English and, where somebody wrote it, in Chinese. */
export interface Bilingual {
  readonly en: string;
  readonly zh?: string;
}

/** Which names are good for something, and how to say so. */
export interface Names<Config> {
  /** After "expected": `an interface, such as eth0`. */
  readonly expected: string;
  accepts(name: string, config: Config): boolean;
  /** Good names to suggest when one is misspelt. */
  names(config: Config): readonly string[];
}

/** A table that expectations and people may look at. */
export interface TableDefinition {
  readonly about: Bilingual;
  readonly columns: readonly string[];
}

export interface Kind<Name extends string = string, Config extends z.ZodObject = z.ZodObject> {
  readonly name: Name;
  readonly about: Bilingual;
  /** What may be written below `topology.nodes.<node>`, without `kind`. Every field has a description. */
  readonly config: Config;
  readonly ports: Names<z.output<Config>>;
  /** What a `set` step may change. */
  readonly settings?: Names<z.output<Config>>;
  readonly tables?: Readonly<Record<string, TableDefinition>>;
  /** Nodes of this kind take commands (`run` steps). */
  readonly commands?: boolean;
  /** Nodes of this kind have sockets: traffic flows may begin and end on them. */
  readonly sockets?: boolean;
  /** The node is joined to the outside world: its lab runs paced to the wall clock. */
  readonly realTime?: boolean;
  /** Checks what concerns several fields. */
  check?(config: z.output<Config>): readonly ConfigFault[];
  build(world: World, name: string, config: z.output<Config>): LabNode;
}

/** Keeps the exact types of a definition. */
export const defineKind = <const Name extends string, Config extends z.ZodObject>(
  kind: Kind<Name, Config>,
): Kind<Name, Config> => kind;

/** A table's row as text columns. */
export type Row = Readonly<Record<string, string | number | boolean>>;

/** A command that was started on a node; a host's Process is one. */
export interface RunningCommand {
  readonly running: boolean;
  /** The exit status; null while it runs. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The ids of the frames that it sent, where they are known. */
  readonly frames?: readonly number[];
  /** Calls back once, when the command ends; at once if it has ended. */
  onExit(call: (status: number) => void): void;
  /** Interrupts it as Ctrl-C does. */
  kill(signal: "SIGINT"): void;
}

/** A command of the configuration: its path there, and the command once it was started. */
export interface BootCommand {
  readonly path: readonly (string | number)[];
  readonly commandLine: string;
  /** Not there before it is started. */
  readonly command?: RunningCommand;
}

/** What a kind finds wrong with a configuration that is right field by field. */
export interface ConfigFault {
  /** Below the node. */
  readonly path: readonly (string | number)[];
  readonly problem: string;
  readonly expected: string;
  readonly found: string;
}

/** UDP on a node, as traffic flows use it. */
export interface Datagrams {
  /** The node's first address beyond loopback, if it has one. */
  readonly address: Ipv4 | undefined;
  /** Sends one datagram from a port of its own. What the stack refuses to send is not sent. */
  send(payload: Uint8Array, to: Ipv4, port: number): void;
  /**
   * Takes datagrams for a port until the returned function is called; for a multicast group, as a member of it on every
   * interface. The payload is valid only during the call.
   */
  listen(port: number, take: (payload: Uint8Array) => void, group?: Ipv4): () => void;
}

/** A node of a running lab. */
export interface LabNode {
  readonly node: Node;
  /** The port of that name; an interface or port that does not exist yet is made. `undefined` for a name it cannot have. */
  port(name: string): Port | undefined;
  /** Starts a command line. */
  exec?(commandLine: string): RunningCommand;
  /** Commands that the node's configuration starts when it boots. */
  readonly boot?: readonly BootCommand[];
  readonly datagrams?: Datagrams;
  /** Power off: it forgets what is not configured, and takes and sends nothing. */
  kill?(): void;
  /** Power on again, as configured. */
  restart?(): void;
  /** Changes a setting; what is wrong with the value, or `undefined` if nothing is. */
  set?(setting: string, value: string): string | undefined;
  /** The rows of a table now. */
  table?(name: string): readonly Row[];
  /** Lets go of what it holds outside. */
  close?(): void;
}
