import { describe, expect, it } from "vitest";
import { field, type } from "./field.js";

describe("tracepath(8), RFC 1191", () => {
  it("finds the routers and the MTU that each leaves, and asks again where it has learned a smaller one", () => {
    expect(type(field().pc1, "tracepath -n 10.0.2.1")).toEqual({
      stdout: ` 1?: [LOCALHOST]                      pmtu 1500
 1:  10.0.1.254                                            0.040ms 
 1:  10.0.1.254                                            0.036ms 
 2:  10.0.1.254                                            0.036ms pmtu 1400
 2:  10.0.12.2                                             0.053ms 
 3:  10.0.2.1                                              0.071ms reached
     Resume: pmtu 1400 hops 3 back 3 
`,
      stderr: "",
      status: 0,
    });
  });

  it("tells a late answer for the hop that it belongs to", () => {
    const { stdout } = type(field().pc1, "tracepath -n 10.0.2.77");
    expect(stdout).toMatch(
      /\n 3: {2}no reply\n 3: {2}10\.0\.12\.2 +3000\.\d{3}ms !H\n {5}Resume: pmtu 1400 \n$/,
    );
  });

  it("gives up after its number of hops, or when nothing can be sent", () => {
    const { pc1, pc3 } = field();
    expect(type(pc1, "tracepath -n -m 2 10.9.3.1").stdout).toContain(
      "     Too many hops: pmtu 1500\n     Resume: pmtu 1500 \n",
    );
    expect(type(pc3, "tracepath 10.0.2.1").stdout).toBe(" 1:  send failed\n     Resume: pmtu 65535 \n");
    expect(type(pc1, "tracepath").status).toBe(255);
    expect(type(pc1, "tracepath -l x 10.0.2.1").stderr).toBe("tracepath: invalid argument: 'x'\n");
  });
});
