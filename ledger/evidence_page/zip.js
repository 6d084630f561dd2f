// Stored zip files in the one form that bundles have; no byte is left unexplained.

import { Malformed, sameBytes } from "./bytes.js";

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END_SIZE = 22;
const COMMON_SIZE = 26;
const LOCAL_SIZE = 30;
const CENTRAL_SIZE = 46;
const DATE = 0x0021; // 1980-01-01
// Unix mode above, MS-DOS attributes below: link, folder, device, set-user-id, hidden, reparse …
const NO_PLAIN_FILE = 0x7e00ffde;
const MAX_MEMBER = 64 * 1024 * 1024;
const NAME = /^[A-Za-z0-9._/-]{1,255}$/;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let crc = n;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc >>> 0;
});

/** Return a Map of the members by name, in the order of their names. */
export function readArchive(raw) {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const end = readEnd(raw, view);
  const members = new Map();
  let [central, local, last] = [end.start, 0, ""];
  for (let n = 0; n < end.count; n++) {
    const member = readMember(raw, view, central, local, end.start);
    if (member.name <= last) refuse("its names must ascend, none twice", "成员名须升序且不重复");
    members.set(member.name, member.body);
    [central, local, last] = [member.central, member.local, member.name];
  }
  if (local !== end.start || central !== end.start + end.size) {
    refuse("it holds bytes that belong to no member", "含有不属于任何成员的字节");
  }
  return members;
}

function readEnd(raw, view) {
  const at = raw.length - END_SIZE;
  if (at < 0) refuse("it is cut short", "文件不完整");
  const [disk, first, here, count] = [4, 6, 8, 10].map((step) => view.getUint16(at + step, true));
  const [size, start] = [12, 16].map((step) => view.getUint32(at + step, true));
  const plain = view.getUint32(at, true) === END && view.getUint16(at + 20, true) === 0;
  if (!plain || disk !== 0 || first !== 0 || here !== count || start + size !== at) {
    refuse("it does not end as a plain zip file", "文件结尾不符合普通 zip 格式");
  }
  return { count, size, start };
}

function readMember(raw, view, central, local, start) {
  if (central + CENTRAL_SIZE > raw.length || view.getUint32(central, true) !== CENTRAL) {
    refuse("its directory is damaged", "目录已损坏");
  }
  const two = (step) => view.getUint16(central + step, true);
  const four = (step) => view.getUint32(central + step, true);
  const [size, length] = [four(20), two(28)];
  const stored = [10, 20].includes(two(6)) && [0, 0x0800].includes(two(8)) && two(10) === 0;
  const dated = two(12) === 0 && two(14) === DATE && four(24) === size;
  const bare = two(30) === 0 && two(32) === 0 && two(34) === 0;
  if (!stored || !dated || !bare) {
    refuse("a member is not stored, dated 1980-01-01, without extra fields", "成员须以存储方式保存，日期为 1980-01-01，无附加字段");
  }
  if ((four(38) & NO_PLAIN_FILE) !== 0) refuse("a member is no plain file", "成员不是普通文件");
  const body = local + LOCAL_SIZE + length;
  const own = raw.subarray(local + 4, body);
  const listed = raw.subarray(central + 6, central + 6 + COMMON_SIZE);
  const spelled = raw.subarray(central + CENTRAL_SIZE, central + CENTRAL_SIZE + length);
  const agrees = sameBytes(own.subarray(0, COMMON_SIZE), listed) && sameBytes(own.subarray(COMMON_SIZE), spelled);
  if (four(42) !== local || body > start || view.getUint32(local, true) !== LOCAL || !agrees) {
    refuse("a member's own header differs from the directory's", "成员自身的头与目录中的不一致");
  }
  const name = checkName(String.fromCharCode(...spelled));
  if (size > MAX_MEMBER || body + size > start) refuse(`${name} is damaged`, `${name} 已损坏`);
  const bytes = raw.subarray(body, body + size);
  if (crc32(bytes) !== four(16)) refuse(`${name} is damaged`, `${name} 已损坏`);
  return { name, body: bytes, central: central + CENTRAL_SIZE + length, local: body + size };
}

function checkName(name) {
  const parts = name.split("/");
  if (!NAME.test(name) || parts.some((part) => part === "" || part === "." || part === "..")) {
    refuse("a member's name is no plain relative path", "成员名不是普通的相对路径");
  }
  return name;
}

function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

function refuse(en, zh) {
  throw new Malformed(`no bundle: ${en}`, `不是证据包：${zh}`);
}
