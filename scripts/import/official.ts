/** The weights that the authors of the two networks have published. */
import type { ZhangKind } from "./zhang_names.ts";

/** A published file. */
export interface OfficialCheckpoint {
  url: string;
  sha256: string;
}

const FOLDER = "https://colorizers.s3.us-east-2.amazonaws.com";

export const OFFICIAL: Record<ZhangKind, OfficialCheckpoint> = {
  eccv16: {
    url: `${FOLDER}/colorization_release_v2-9b330a0b.pth`,
    sha256: "9b330a0bae53f4ded77b1e23defbf78beaa09c10ebc4c4999e8e4f4a160b93f9",
  },
  siggraph17: {
    url: `${FOLDER}/siggraph17-df00044c.pth`,
    sha256: "df00044c0a4d7c3edcecf6f75437ce346a66e7a42612d9b968e1a7e17dbc6f66",
  },
};

/** The hash that a file must have by its name: that of the published one of this name, if it is one. */
export function expectedSha256(path: string): string | undefined {
  const name = path.split("/").at(-1);
  return Object.values(OFFICIAL).find(({ url }) => url.endsWith(`/${name}`))?.sha256;
}
