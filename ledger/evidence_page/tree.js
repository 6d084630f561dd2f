// The tree of RFC 9162 and proof files (C2SP tlog-proof).

import { Malformed, concat, fromBase64, sameBytes, sha256 } from "./bytes.js";
import { readNumber } from "./note.js";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);
const PROOF_HEAD = "c2sp.org/tlog-proof@v1\nindex ";

export function leafHash(header) {
  return sha256(concat(LEAF, header));
}

/** Return {index, path, checkpoint} of a proof file. */
export function readProof(text) {
  const at = text.indexOf("\n\n");
  if (!text.startsWith(PROOF_HEAD) || at < 0) throw new Malformed("it is no proof file", "不是证明文件");
  const [number, ...lines] = text.slice(PROOF_HEAD.length, at).split("\n");
  const path = lines.map(fromBase64);
  if (path.length > 63 || path.some((digest) => digest.length !== 32)) {
    throw new Malformed("its path is none", "证明路径有误");
  }
  return { index: readNumber(number), path, checkpoint: text.slice(at + 2) };
}

/** Whether a path leads from a leaf, at an index of a tree of this size, to the root. */
export async function isIncluded(leaf, index, size, path, root) {
  if (index >= size) return false;
  const [place, last] = [BigInt(index), BigInt(size - 1)];
  const shared = place === last ? 0 : (place ^ last).toString(2).length;
  const above = (place >> BigInt(shared)).toString(2).replaceAll("0", "").length;
  if (path.length !== shared + above) return false;
  let digest = leaf;
  for (const [height, sibling] of path.entries()) {
    const onRight = height >= shared || ((place >> BigInt(height)) & 1n) === 1n;
    const [left, right] = onRight ? [sibling, digest] : [digest, sibling];
    digest = await sha256(concat(NODE, left, right));
  }
  return sameBytes(digest, root);
}
