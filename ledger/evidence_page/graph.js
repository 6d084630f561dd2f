// The statements that answer, and how they hang together: drawn, and as a list.
// Only statements that verify are taken in.

import { askedOf } from "./bundle.js";
import { typeOf } from "./types.js";

const MAX_NODES = 150;
const COLUMN = 240;
const ROW = 64;
const MARGIN = 60; // on the left, for what links entries of one column
const BOX = { width: 170, height: 40 };
const SVG = "http://www.w3.org/2000/svg";
// Everything on a chain names the thing of the chain: that suggests nothing.
const LINKING = ["delivery", "use", "grant", "request", "agreement", "feedback", "correction", "dispute", "incident", "complaint",
  "assessment", "inquiry", "finding", "determination", "disposal"];

/** Return {nodes, links: [{from, to, bound}], outside: Map of index to count}; from relies on to. */
export function graphOf(work) {
  const taken = [...work.known.values()].filter((one) => one.sound);
  const asked = new Set(askedOf(work.contents));
  const nodes = taken.filter((one) => asked.has(one.shown.index));
  const links = [];
  const outside = new Map();
  for (const { shown: { index }, statement } of nodes) {
    for (const parent of statement.data.parents) {
      const to = work.byDigest.get(parent);
      if (to !== undefined) links.push({ from: index, to, bound: true });
      else outside.set(index, (outside.get(index) ?? 0) + 1);
    }
  }
  return { nodes, links: [...links, ...suggested(nodes, links)], outside };
}

/** Links to the last statement before that names the same thing, where no signature binds one. */
function suggested(nodes, bound) {
  const last = new Map();
  const found = [];
  for (const { shown: { index }, statement } of nodes) {
    const to = new Set();
    for (const kind of LINKING) {
      const ref = statement.data.refs[kind];
      if (ref === undefined) continue;
      const key = `${kind}/${ref}`;
      if (last.has(key)) to.add(last.get(key));
      last.set(key, index);
    }
    for (const one of to) {
      if (!bound.some((link) => link.from === index && link.to === one)) found.push({ from: index, to: one, bound: false });
    }
  }
  return found;
}

/** Return an SVG of the graph, or null: there is nothing, or too much, to draw. */
export function drawGraph(graph, department, word) {
  if (graph.nodes.length === 0 || graph.nodes.length > MAX_NODES) return null;
  const columns = [...new Set(graph.nodes.map((one) => one.statement.source))];
  const places = new Map(graph.nodes.map((one, row) => [one.shown.index, {
    x: MARGIN + columns.indexOf(one.statement.source) * COLUMN, y: 50 + row * ROW,
  }]));
  const [width, height] = [columns.length * COLUMN + MARGIN, graph.nodes.length * ROW + 70];
  const svg = make("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "group", class: "graph" });
  svg.append(labelled("title", word("graph")), labelled("desc", word("graph_hint")), arrowHead());
  columns.forEach((id, at) => svg.append(textAt(MARGIN + at * COLUMN, 24, fitted(department(id), 30), "column")));
  for (const link of graph.links.filter(({ to }) => places.has(to))) svg.append(lineOf(places.get(link.from), places.get(link.to), link.bound));
  for (const one of graph.nodes) svg.append(boxOf(one, places.get(one.shown.index), word));
  return svg;
}

function boxOf({ shown: { index }, statement }, { x, y }, word) {
  const anchor = make("a", { href: `#entry-${index}` });
  const kind = typeOf(statement.type);
  anchor.append(
    labelled("title", `${index} ${statement.type}`),
    make("rect", { x, y, width: BOX.width, height: BOX.height, rx: 4, class: "node" }),
    textAt(x + 8, y + 16, fitted(`${index} · ${word.language === 0 ? kind.en : kind.zh}`, 24), "name"),
    textAt(x + 8, y + 32, fitted([statement.official ?? word("voice_system"), statement.tier].filter(Boolean).join(" · "), 26), "who"),
  );
  return anchor;
}

/** From the side of the one that relies to the side of the other; above one another, round the left. */
function lineOf(from, to, bound) {
  const half = BOX.height / 2;
  const [y1, y2] = [from.y + half, to.y + half];
  const onLeft = to.x < from.x;
  const [x1, x2] = to.x === from.x ? [from.x, to.x] : onLeft ? [from.x, to.x + BOX.width] : [from.x + BOX.width, to.x];
  const apart = Math.abs(from.y - to.y) / ROW;
  const bend = to.x === from.x ? Array(2).fill(from.x - Math.min(54, 12 + 10 * apart)) : Array(2).fill((x1 + x2) / 2);
  return make("path", {
    d: `M${x1} ${y1} C${bend[0]} ${y1} ${bend[1]} ${y2} ${x2} ${y2}`, "marker-end": "url(#arrow)", class: bound ? "bound" : "suggested",
  });
}

function arrowHead() {
  const defs = make("defs", {});
  const marker = make("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 8, refY: 4, markerWidth: 8, markerHeight: 8, orient: "auto" });
  marker.append(make("path", { d: "M0 0 L8 4 L0 8 z", class: "arrow" }));
  defs.append(marker);
  return defs;
}

function textAt(x, y, said, name) {
  const element = labelled("text", said);
  element.setAttribute("x", String(x));
  element.setAttribute("y", String(y));
  element.setAttribute("class", name);
  return element;
}

/** Cut a text to so many Latin letters; a Chinese one takes the place of two. */
function fitted(text, letters) {
  let [taken, width] = ["", 0];
  for (const letter of text) {
    width += letter.codePointAt(0) > 0x2e7f ? 2 : 1;
    if (width > letters) return `${taken}…`;
    taken += letter;
  }
  return taken;
}

function labelled(name, said) {
  const element = make(name, {});
  element.textContent = said;
  return element;
}

function make(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}
