/** The kinds of nodes that labs may use: a value that is handed in. */
import type { z } from "zod";
import type { Kind } from "./kind.js";

/** An immutable set of kinds, ordered as they were added. */
export class Registry<Kinds extends Record<string, Kind> = Record<never, Kind>> {
  /** For the compiler only: the kinds and the types of their configurations. */
  declare readonly types: Kinds;

  private constructor(private readonly kinds: ReadonlyMap<string, Kind>) {}

  static readonly empty = new Registry(new Map());

  /** These kinds and one more; one of the same name is replaced. */
  with<Name extends string, Config extends z.ZodObject>(
    kind: Kind<Name, Config>,
  ): Registry<Kinds & { readonly [K in Name]: Kind<Name, Config> }> {
    return new Registry(new Map(this.kinds).set(kind.name, kind as unknown as Kind));
  }

  kind(name: string): Kind | undefined {
    return this.kinds.get(name);
  }

  get names(): string[] {
    return [...this.kinds.keys()];
  }

  get all(): Kind[] {
    return [...this.kinds.values()];
  }
}

/** A node as a program writes it: its kind and that kind's configuration. */
export type NodeInput<Kinds extends Record<string, Kind>> = {
  [Name in keyof Kinds & string]: { readonly kind: Name } & z.input<Kinds[Name]["config"]>;
}[keyof Kinds & string];
