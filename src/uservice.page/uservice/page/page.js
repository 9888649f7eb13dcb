"use strict";
// Asks the service each few seconds and writes what it says into the page: as text always, never as markup.

const POLL_MS = 5000;
const ANSWER_MS_MAX = 8000;
const BACK_OFF_MS = [1000, 2000, 4000, 8000, 15000, 30000];
const POINTS_MAX = 200;
const NARROW_EM = 17; // of a chart, in the size of the letters around it: only the ends of the axis are labelled
const GAP = "\u00a0"; // between a number and its unit
const SVG = "http://www.w3.org/2000/svg";

const at = id => document.getElementById(id);

// ---- text ----------------------------------------------------------------------------------------------------------

/** What would move, hide or turn the text around it, as an escape. */
const clean = text => String(text).replace(
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
  c => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));

function el(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const key in attributes) element.setAttribute(key, attributes[key]);
  element.append(...children);
  return element;
}

function svg(name, attributes, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const key in attributes) element.setAttribute(key, attributes[key]);
  element.append(...children);
  return element;
}

function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Text that came from outside, kept apart from what stands around it. */
const told = (text, className) => el("bdi", className ? { class: className } : {}, clean(text));

const digits = (value, most) => value.toLocaleString("en", { maximumFractionDigits: most });
const count = value => digits(value, 0);
const short = value => value === 0 ? "0" : value < 0.1 ? value.toPrecision(1) : value < 10 ? digits(value, 2) : value < 100 ? digits(value, 1) : count(value);
const percent = share => share === 0 ? "0" + GAP + "%" : share < 0.0001 ? "<" + GAP + "0.01" + GAP + "%" : digits(share * 100, share < 0.1 ? 2 : 1) + GAP + "%";
const many = (n, one, more) => count(n) + " " + (n === 1 ? one : more);

function bytes(value) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return digits(value, value < 10 && unit > 0 ? 1 : 0) + GAP + units[unit];
}

function seconds(value, most) {
  if (value === null || value === undefined) return "–";
  if (most !== null && most !== undefined && value >= most) return "≥" + GAP + short(most) + GAP + "s";
  return value < 1 ? short(value * 1000) + GAP + "ms" : short(value) + GAP + "s";
}

function duration(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  const m = Math.floor(s / 60);
  const h = Math.floor(m / 60);
  const d = Math.floor(h / 24);
  return (d > 0 ? `${d} d ${h % 24} h` : h > 0 ? `${h} h ${m % 60} min` : m > 0 ? `${m} min ${s % 60} s` : `${s} s`).replaceAll(" ", GAP);
}

function clock(time, withSeconds) {
  return time.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", second: withSeconds === false ? undefined : "2-digit" });
}

/** A moment, with its date where that is not the one of `now`. */
function moment(time, now) {
  const day = time.toDateString() === now.toDateString() ? ""
    : time.toLocaleDateString("en-GB", { day: "numeric", month: "short" }) + " ";
  return day + clock(time);
}

function when(iso, now) {
  const time = new Date(iso);
  return el("time", { datetime: iso, title: iso }, moment(time, now));
}

// ---- marks ---------------------------------------------------------------------------------------------------------

const SHAPES = {
  good: "M8 0a8 8 0 1 0 0 16A8 8 0 0 0 8 0zm-1.2 11.6L3.3 8.1l1.2-1.2 2.3 2.3 4.7-4.7 1.2 1.2z",
  bad: "M4.7 0h6.6L16 4.7v6.6L11.3 16H4.7L0 11.3V4.7zm.4 4L4 5.1 6.9 8 4 10.9 5.1 12 8 9.1l2.9 2.9 1.1-1.1L9.1 8 12 5.1 10.9 4 8 6.9z",
  warn: "M8 .8 16 15H0zM7.1 5.5l.3 5h1.2l.3-5zM8 11.4a1 1 0 1 0 0 2 1 1 0 0 0 0-2z"
};

function mark(kind, text) {
  return el("span", { class: "mark " + kind },
    svg("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, svg("path", { d: SHAPES[kind], "fill-rule": "evenodd" })), text);
}

function icon(kind) {
  const colour = { good: "#17643a", bad: "#c5271f", warn: "#b97400" }[kind];
  at("icon").href = "data:image/svg+xml," + encodeURIComponent(
    `<svg xmlns="${SVG}" viewBox="0 0 16 16"><path fill="${colour}" fill-rule="evenodd" d="${SHAPES[kind]}"/></svg>`);
}

/** Makes the rows of `body` those of `items`, and touches only what is different. */
function rows(body, items, make) {
  items.forEach((item, i) => {
    const key = JSON.stringify(item);
    const there = body.children[i];
    if (there && there.rowKey === key) return;
    const row = make(item);
    row.rowKey = key;
    if (there) there.replaceWith(row); else body.append(row);
  });
  while (body.children.length > items.length) body.lastChild.remove();
}

const row = (cells, attributes) => el("tr", Object.assign({ role: "row" }, attributes), ...cells);
const head = (...children) => el("th", { scope: "row", role: "rowheader" }, ...children);
const cell = (attributes, ...children) => el("td", Object.assign({ role: "cell" }, attributes), ...children);

// ---- charts --------------------------------------------------------------------------------------------------------

/** The next number above that is easy to read, and half of it too. */
function ceiling(value) {
  const unit = Math.pow(10, Math.floor(Math.log10(value)));
  for (const step of [1, 2, 4, 6, 8, 10]) if (value <= step * unit * 1.0001) return step * unit;
  return 10 * unit;
}

/** The same for bytes, whose easy numbers are powers of two. */
function ceilingOfBytes(value) {
  let top = 1 << 20;
  while (top < value) top *= top * 1.5 >= value && top * 1.5 % 1024 === 0 ? 1.5 : 2;
  return top;
}

/**
 * A chart: `series` are names with what they take from a point (null where there is nothing), `show` writes a value,
 * `sentence` says in words what the picture shows.
 */
class Chart {
  constructor(parent, options) {
    this.options = options;
    const id = "chart-" + options.id;
    this.plot = svg("svg", { class: "plot", role: "img", "aria-labelledby": id + " " + id + "-text" });
    this.caption = el("figcaption", { id: id + "-text" });
    this.body = el("tbody");
    const legend = el("div", { class: "legend", "aria-hidden": "true" });
    if (options.series.length > 1) {
      options.series.forEach((series, i) => legend.append(el("span", {},
        svg("svg", { viewBox: "0 0 24 8" }, svg("path", { class: "series s" + i, d: "M1 4H23" })), series.name)));
    }
    const title = el("h3", { class: "title", id }, options.title);
    this.details = el("details", {}, el("summary", {}, "Minute by minute"),
      el("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": options.title + ", minute by minute" },
        el("table", {}, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Time"),
          ...options.series.map(series => el("th", { scope: "col", class: "number" }, series.name)))), this.body)));
    parent.append(el("figure", {}, el("div", { class: "head" }, title, legend), this.plot, this.caption, this.details));
    this.details.addEventListener("toggle", () => this.table());
    this.plot.addEventListener("pointermove", event => this.point(event));
    this.plot.addEventListener("pointerleave", () => this.leave());
    this.points = [];
    new ResizeObserver(() => this.draw()).observe(this.plot);
  }

  show(points, now, span, sentence) {
    this.points = points;
    this.now = now;
    this.span = span;
    this.sentence = sentence;
    this.draw();
    this.table();
  }

  draw() {
    const width = this.plot.clientWidth;
    const height = this.plot.clientHeight;
    if (!width || !this.now) return;
    const em = parseFloat(getComputedStyle(this.plot).fontSize);
    let most = this.options.least;
    for (const point of this.points) for (const series of this.options.series) most = Math.max(most, series.of(point) || 0);
    const top = (this.options.ceiling || ceiling)(most);
    const labels = [top, top / 2, 0].map(this.options.axis);
    const left = Math.max(...labels.map(label => label.length)) * em * 0.42 + 10;
    const box = { left, right: width - 2, top: em * 0.6, bottom: height - em * 1.5 };
    const x = t => box.left + (box.right - box.left) * (1 - (this.now - t) / this.span);
    const y = value => box.bottom - (box.bottom - box.top) * Math.min(1, value / top);
    this.scale = { x, y, box };
    const parts = [];
    labels.forEach((label, i) => {
      const line = Math.round(y(top * (2 - i) / 2)) + 0.5;
      parts.push(svg("line", { class: i === 2 ? "base" : "grid", x1: box.left, x2: box.right, y1: line, y2: line }));
      parts.push(svg("text", { x: box.left - 6, y: line + em * 0.27, "text-anchor": "end" }, label));
    });
    const minutes = this.span / 60000;
    for (let i = 0; i <= 3; i++) {
      const ago = minutes * (3 - i) / 3;
      const place = x(this.now - ago * 60000);
      parts.push(svg("line", { class: "base", x1: place, x2: place, y1: box.bottom, y2: box.bottom + 4 }));
      if (i % 3 !== 0 && box.right - box.left < NARROW_EM * em) continue;
      parts.push(svg("text", { x: place, y: height - em * 0.1, "text-anchor": i === 0 ? "start" : i === 3 ? "end" : "middle" },
        ago === 0 ? "now" : "−" + ago + GAP + "min"));
    }
    this.options.series.forEach((series, i) => {
      const runs = this.runs(series);
      if (i === 0 && this.options.area) {
        for (const run of runs) {
          parts.push(svg("path", { class: "area", d: "M" + x(run[0].t) + " " + box.bottom
            + run.map(p => "L" + x(p.t) + " " + y(series.of(p))).join("") + "L" + x(run[run.length - 1].t) + " " + box.bottom + "Z" }));
        }
      }
    });
    this.options.series.map((series, i) => [series, i]).reverse().forEach(([series, i]) => {
      const d = this.runs(series).map(run => "M" + run.map(p => x(p.t).toFixed(1) + " " + y(series.of(p)).toFixed(1)).join("L")
        + (run.length === 1 ? "h0.01" : "")).join("");
      if (d) parts.push(svg("path", { class: "series s" + i, d }));
    });
    this.hair = svg("line", { class: "hair", y1: box.top, y2: box.bottom, visibility: "hidden" });
    parts.push(this.hair);
    this.plot.setAttribute("viewBox", "0 0 " + width + " " + height);
    this.plot.replaceChildren(...parts);
    if (!this.under) say(this.caption, this.sentence);
  }

  /** The points of a series that follow one another without a gap. */
  runs(series) {
    const runs = [];
    let last = null;
    for (const point of this.points) {
      const there = series.of(point) !== null && this.now - point.t <= this.span;
      if (there && last && point.t - last.t < 4 * POLL_MS) runs[runs.length - 1].push(point);
      else if (there) runs.push([point]);
      last = there ? point : null;
    }
    return runs;
  }

  /** Says the values under the pointer. */
  point(event) {
    if (!this.scale) return;
    const place = event.clientX - this.plot.getBoundingClientRect().left;
    let nearest = null;
    for (const point of this.points) {
      const away = Math.abs(this.scale.x(point.t) - place);
      if (this.scale.x(point.t) >= this.scale.box.left && away < 12 && (!nearest || away < nearest.away)) nearest = { point, away };
    }
    if (!nearest) return this.leave();
    this.under = true;
    const spot = this.scale.x(nearest.point.t);
    this.hair.setAttribute("x1", spot);
    this.hair.setAttribute("x2", spot);
    this.hair.setAttribute("visibility", "visible");
    say(this.caption, clock(new Date(nearest.point.t)) + " · " + this.options.series.map(series => {
      const value = series.of(nearest.point);
      return series.name + " " + (value === null ? "–" : this.options.show(value));
    }).join(", "));
  }

  leave() {
    this.under = false;
    if (this.hair) this.hair.setAttribute("visibility", "hidden");
    say(this.caption, this.sentence || "");
  }

  /** The same numbers in a table, the highest of each minute. */
  table() {
    if (!this.details.open) return;
    const minutes = new Map();
    for (const point of this.points) {
      const minute = Math.floor(point.t / 60000);
      const line = minutes.get(minute) || this.options.series.map(() => null);
      this.options.series.forEach((series, i) => {
        const value = series.of(point);
        if (value !== null && (line[i] === null || value > line[i])) line[i] = value;
      });
      minutes.set(minute, line);
    }
    const lines = [...minutes].reverse().map(([minute, values]) => [clock(new Date(minute * 60000), false), ...values.map(value => value === null ? "–" : this.options.show(value))]);
    rows(this.body, lines, line => el("tr", {}, el("th", { scope: "row" }, line[0]), ...line.slice(1).map(text => el("td", { class: "number" }, text))));
  }
}

const quantile = name => point => point[name];
const latencyMost = () => now && now.latency_max;
const latency = value => seconds(value, latencyMost());

const charts = {
  rate: new Chart(at("traffic-charts"), { id: "rate", title: "Requests per second", least: 1, area: true, axis: short, show: value => short(value) + "/s",
    series: [{ name: "all", of: p => p.rate }, { name: "4xx", of: p => p.client_errors / p.seconds }, { name: "5xx", of: p => p.errors / p.seconds }] }),
  errors: new Chart(at("traffic-charts"), { id: "errors", title: "Share of requests that failed (5xx)", least: 0.01, area: true, axis: percent, show: percent,
    ceiling: value => Math.min(1, ceiling(value)), series: [{ name: "5xx", of: p => p.requests ? p.errors / p.requests : null }] }),
  latency: new Chart(at("traffic-charts"), { id: "latency", title: "Time to answer", least: 0.01, axis: value => seconds(value), show: latency,
    series: [{ name: "p50", of: quantile("p50") }, { name: "p90", of: quantile("p90") }, { name: "p99", of: quantile("p99") }] }),
  memory: new Chart(at("process-charts"), { id: "memory", title: "Memory", least: 1, area: true, axis: bytes, show: bytes, ceiling: ceilingOfBytes,
    series: [{ name: "resident", of: p => p.rss }, { name: "heap in use", of: p => p.heap }] }),
  threads: new Chart(at("process-charts"), { id: "threads", title: "Threads of the operating system", least: 10, area: true, axis: count, show: count,
    series: [{ name: "threads", of: p => p.threads }] }),
  cpu: new Chart(at("process-charts"), { id: "cpu", title: "Processors in use", least: 0.1, area: true, axis: short, show: short,
    series: [{ name: "processors", of: p => p.cpu }] })
};

/** The highest and the last of a series, in words. */
function extremes(points, of, show) {
  let high = null;
  let last = null;
  for (const point of points) {
    const value = of(point);
    if (value === null) continue;
    if (!high || value > of(high)) high = point;
    last = point;
  }
  return high ? { last: show(of(last)), high: show(of(high)), time: clock(new Date(high.t)), value: of(high) } : null;
}

function sentences(points, data) {
  const said = {};
  const traffic = data.traffic;
  const silent = !data.web ? "This service has had no request on a data port."
    : !traffic ? "The first figures come within seconds." : traffic.requests === 0 ? "No requests in this time." : "";
  const rate = extremes(points, p => p.rate, value => short(value) + "/s");
  const failed = extremes(points, p => p.requests ? p.errors / p.requests : null, percent);
  const slow = extremes(points, p => p.p99, latency);
  said.rate = silent || !rate ? silent : `${many(traffic.requests, "request", "requests")}: ${rate.last} now, ${rate.high} at most, at ${rate.time}.`;
  said.errors = silent || !failed ? silent : failed.value === 0 ? `None of ${many(traffic.requests, "request", "requests")} failed.`
    : `${count(traffic.errors)} of ${many(traffic.requests, "request", "requests")} failed; ${failed.high} at most, at ${failed.time}.`;
  said.latency = silent || !slow ? silent : `Half within ${latency(traffic.p50)}, 99${GAP}% within ${latency(traffic.p99)}; the slowest 1${GAP}% took ${slow.high} at ${slow.time}.`;
  for (const [id, of, show] of [["memory", p => p.rss, bytes], ["threads", p => p.threads, count], ["cpu", p => p.cpu, short]]) {
    const most = extremes(points, of, show);
    said[id] = most ? `${most.last} now, ${most.high} at most, at ${most.time}.` : points.length ? "Not known on this system." : "The first figures come within seconds.";
  }
  const heap = extremes(points, p => p.heap, bytes);
  if (heap) said.memory = (said.memory.startsWith("Not") ? "" : "Resident " + said.memory + " ") + `Heap ${heap.last} now, ${heap.high} at most; its limit is ${bytes(data.process.heap_max)}.`;
  return said;
}

// ---- the sections --------------------------------------------------------------------------------------------------

const STATES = { starting: ["warn", "Starting"], ready: ["good", "Ready"], draining: ["warn", "Draining"], stopping: ["warn", "Stopping"], stopped: ["warn", "Stopped"] };
const PROBES = { alive: "Alive", ready: "Ready", startup: "Started" };
const NOT = { alive: "Not alive", ready: "Not ready", startup: "Not started" };

let points = [];
let now = null; // what was answered last
let facts = null;

function overall(data) {
  const [kind, word] = STATES[data.state.name] || ["warn", data.state.name];
  const failing = ["alive", "startup", "ready"].map(name => data.probes.find(probe => probe.name === name)).find(probe => probe && !probe.valid);
  if (data.state.name !== "ready" || !failing) return { kind, word, time: data.state.name === "ready" ? (data.probes.find(p => p.name === "ready") || data.state).time : data.state.time };
  return { kind: "bad", word: NOT[failing.name], time: failing.time };
}

function header(data, time) {
  const is = overall(data);
  const since = new Date(is.time);
  at("state").className = "pill is-" + is.kind;
  at("state").replaceChildren(mark(is.kind, is.word), el("span", { class: "muted" }, "for " + duration(time - since)));
  say(at("name"), clean(data.name));
  say(at("version"), "version " + clean(data.version));
  document.title = (is.kind === "good" ? "✓ " : is.kind === "bad" ? "✕ " : "… ") + is.word.toLowerCase() + " · " + clean(data.name);
  icon(is.kind);
  say(at("updated"), "Updated " + clock(time));
}

function probes(data, time) {
  rows(at("probes"), data.probes.map(probe => Object.assign({ ago: duration(time - new Date(probe.time)) }, probe)), probe => el("li", { class: probe.valid ? "" : "is-bad" },
    el("div", {}, mark(probe.valid ? "good" : "bad", probe.valid ? PROBES[probe.name] : NOT[probe.name]), el("span", { class: "muted" }, "for " + probe.ago)),
    ...probe.message ? [el("div", { class: "why" }, told(probe.message))] : []));
}

/** The times from-to, in milliseconds, at which a check was invalid, as far back as the changes tell. */
function failures(check, data, time) {
  const changes = data.changes.filter(change => change.kind === "check" && change.name === check.name);
  const spans = [];
  let from = null;
  for (const change of changes) {
    const t = Date.parse(change.time);
    if (!change.valid && from === null) from = t;
    if (change.valid && from !== null) {
      spans.push([from, t]);
      from = null;
    }
  }
  if (!check.valid) spans.push([from === null ? Date.parse(check.since) : from, time]);
  const begin = time - data.span_s * 1000;
  return spans.filter(span => span[1] >= begin).map(span => [Math.max(begin, span[0]), span[1]]);
}

function strip(check, data, time) {
  const span = data.span_s * 1000;
  const begin = time - span;
  const first = data.changes.find(change => change.kind === "check" && change.name === check.name);
  const known = Math.max(begin, first ? Date.parse(first.time) : Date.parse(check.since));
  const x = t => 900 * Math.max(0, Math.min(1, (t - begin) / span));
  const spans = failures(check, data, time);
  const total = spans.reduce((sum, one) => sum + one[1] - one[0], 0);
  const text = spans.length === 0 ? "always ok" : `failed ${spans.length === 1 ? "once" : spans.length + " times"}, ${duration(total)} in all`;
  return [svg("svg", { class: "strip", role: "img", "aria-label": text, viewBox: "0 0 900 16", preserveAspectRatio: "none" },
    svg("rect", { class: "ok", x: x(known), width: 900 - x(known), y: 5, height: 6 }),
    ...spans.map(([from, to]) => svg("rect", { class: "no", x: Math.min(x(from), 894), width: Math.max(6, x(to) - x(from)), y: 0, height: 16 }))),
  el("span", { class: "sub" }, text)];
}

function checks(data, time) {
  const order = check => check.valid ? 2 : check.optional ? 1 : 0;
  const items = data.checks.slice().sort((a, b) => order(a) - order(b));
  rows(at("check-rows"), items.map(check => [check, duration(time - new Date(check.since)), Math.floor(time / 15000)]), ([check, ago]) => row([
    head(told(check.name), el("span", { class: "sub" }, "for " + check.probes.map(probe => probe === "startup" ? "start-up" : probe).join(", ") + (check.optional ? "; optional" : ""))),
    cell({ class: "nowrap" }, check.valid ? mark("good", "ok") : check.optional ? mark("warn", "failing, optional") : mark("bad", "failing")),
    cell({ class: "wide" }, ...check.message ? [told(check.message)] : []),
    cell({ "data-label": "Since", class: "nowrap" }, when(check.since, new Date(time)), el("span", { class: "sub" }, ago)),
    cell({ "data-label": "Last result", class: "nowrap end" }, check.age_ms < 1000 ? "now" : duration(check.age_ms) + " ago"),
    cell({ class: "wide top" }, ...strip(check, data, time))
  ], check.valid || check.optional ? {} : { class: "is-bad" }));
  at("check-rows").parentNode.hidden = items.length === 0;
  at("no-checks").hidden = items.length > 0;
}

function figures(list, items) {
  rows(list, items, ([name, value, more]) => el("div", {}, el("dt", {}, name), el("dd", {}, value, ...more ? [el("small", {}, more)] : [])));
}

function traffic(data) {
  const t = data.traffic;
  const known = t && data.web;
  figures(at("figures"), [
    ["Requests", known ? count(t.requests) : "–", known && t.requests ? short(t.rate) + "/s" : ""],
    ["Failed (5xx)", known && t.requests ? percent(t.errors / t.requests) : "–", known && t.errors ? many(t.errors, "request", "requests") : ""],
    ["Refused (4xx)", known && t.requests ? percent(t.client_errors / t.requests) : "–", known && t.client_errors ? many(t.client_errors, "request", "requests") : ""],
    ["Median", known ? seconds(t.p50, data.latency_max) : "–"],
    ["99th percentile", known ? seconds(t.p99, data.latency_max) : "–"],
    ["In flight", data.process.active === null ? "–" : count(data.process.active)]
  ]);
  say(at("traffic-span"), t && t.seconds < data.span_s - data.step_s ? "last " + duration(t.seconds * 1000) : "last " + data.span_s / 60 + " minutes");
  at("routes").hidden = data.routes.length === 0;
  rows(at("route-rows"), data.routes, route => el("tr", {},
    el("th", { scope: "row", class: "mono" }, route.method + " ", route.route === "unmatched" ? "(no route)" : told(route.route)),
    ...[count(route.requests), count(route.client_errors), count(route.errors), latency(route.p50), latency(route.p90), latency(route.p99)]
      .map(text => el("td", { class: "number nowrap" }, text))));
}

function processFigures(data) {
  const p = data.process;
  const or = (value, show) => value === null ? "–" : show(value);
  figures(at("process-figures"), [
    ["Resident memory", or(p.resident_bytes, bytes)],
    ["Heap in use", or(p.heap_used_bytes, bytes), or(p.heap_used_bytes, value => percent(value / p.heap_max) + " of its limit")],
    ["Threads", or(p.threads, count)],
    ["Open files", or(p.files, count)],
    ["Processor time", or(p.cpu_millis, duration), "of " + many(p.processors, "processor", "processors")],
    ["Process", "PID " + p.pid]
  ]);
}

function log(data, time) {
  const lines = data.log.lines;
  rows(at("log-rows"), lines, line => row([
    cell({ class: "nowrap" }, when(line.time, new Date(time))),
    cell({ class: "nowrap" }, line.level === "error" ? mark("bad", "error") : mark("warn", "warning")),
    cell({ class: "muted name" }, told(line.logger)),
    cell({ class: "wide mono" }, told(line.message), ...line.error ? [el("span", { class: "sub" }, told(line.error))] : [])
  ]));
  at("log-rows").parentNode.hidden = lines.length === 0;
  at("no-log").hidden = lines.length > 0;
  say(at("no-log"), data.log.told ? "No warning and no error since the start." : "This program logs in a way of its own, which is not seen here.");
  say(at("log-count"), data.log.count > lines.length ? `the last ${lines.length} of ${count(data.log.count)} warnings and errors` : "warnings and errors");
}

function changes(data, time) {
  rows(at("change-rows"), data.changes.slice().reverse(), change => row([
    cell({ class: "nowrap" }, when(change.time, new Date(time))),
    head(change.kind === "state" ? "service" : change.kind === "probe" ? "probe " + change.name : told(change.name)),
    cell({ class: "nowrap" }, change.kind === "state" ? change.name
      : change.valid ? mark("good", change.kind === "check" ? "ok" : "valid") : mark("bad", change.kind === "check" ? "failing" : "invalid")),
    cell({ class: "wide" }, ...change.message ? [told(change.message)] : [])
  ]));
  say(at("changes-note"), data.forgot ? `the latest first; older than these ${data.changes.length} are forgotten` : "the latest first");
}

function build(told_) {
  at("versions").replaceChildren(...[["Service", now.name + " " + now.version], ["uservice", told_.uservice], ["Java", told_.java]]
    .flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, told(value))]));
  rows(at("modules"), Object.entries(told_.modules), ([name, version]) => el("li", {}, told(name), " ", el("span", { class: "muted" }, clean(version))));
  at("effective").replaceChildren(...told_.configuration.trimEnd().split("\n").flatMap((line, i) => {
    const parts = /^(\s*(?:- )*)([^\s:#"]+:)?((?:[^"#]|"(?:[^"\\]|\\.)*")*?)(\s+# from .*)?$/.exec(line);
    const text = i ? ["\n"] : [];
    if (!parts) return text.concat(clean(line));
    return text.concat(parts[1], parts[2] ? [el("span", { class: "key" }, clean(parts[2]))] : [], clean(parts[3]),
      parts[4] ? [el("span", { class: "note" }, clean(parts[4]))] : []);
  }));
}

function show(data) {
  const time = new Date(data.time);
  const same = now && now.instance === data.instance;
  points = (same ? points : []).concat(data.points).filter(point => time - point.t <= data.span_s * 1000 + POLL_MS).slice(-POINTS_MAX);
  now = data;
  header(data, time);
  probes(data, time);
  checks(data, +time);
  traffic(data);
  processFigures(data);
  const said = sentences(points, data);
  for (const id in charts) charts[id].show(points, +time, data.span_s * 1000, said[id]);
  log(data, time);
  changes(data, time);
}

// ---- asking --------------------------------------------------------------------------------------------------------

let timer = 0;
let asking = null;
let failed = 0; // answers missed in a row
let lostAt = null;
let heardAt = null; // when the last answer came
let nextAt = 0;

async function get(path, signal) {
  const answer = await fetch(path, { signal, cache: "no-store", credentials: "same-origin" });
  if (!answer.ok) throw new Error("it answered " + answer.status);
  return answer.json();
}

/** What there is to know, with the facts where they are others than those shown. */
async function answers(signal) {
  const data = await get("page/data" + (now ? `?instance=${encodeURIComponent(now.instance)}&after=${now.last}` : ""), signal);
  const other = now !== null && now.instance !== data.instance;
  const same = facts && !other && facts.facts === data.facts;
  return { data, other, facts: same ? null : await get("page/facts", signal) };
}

async function ask() {
  clearTimeout(timer);
  if (asking || document.hidden) return;
  asking = new AbortController();
  const limit = setTimeout(() => asking && asking.abort(), ANSWER_MS_MAX);
  let heard = null;
  try {
    heard = await answers(asking.signal);
    found(heard.other);
  } catch (failure) {
    if (!document.hidden) lost(failure);
  }
  clearTimeout(limit);
  asking = null;
  later();
  if (heard) {
    show(heard.data);
    if (heard.facts) build(facts = heard.facts);
  }
}

function later() {
  clearTimeout(timer);
  if (document.hidden) return;
  const wait = failed === 0 ? POLL_MS : BACK_OFF_MS[Math.min(failed, BACK_OFF_MS.length) - 1] * (0.8 + 0.4 * Math.random());
  nextAt = Date.now() + wait;
  timer = setTimeout(ask, wait);
  countdown();
}

function lost(failure) {
  failed++;
  if (!lostAt) {
    lostAt = heardAt || new Date();
    document.documentElement.classList.add("lost");
    at("contact").className = "contact";
    at("contact").hidden = false;
    at("again").textContent = "Try now";
    say(at("told"), heardAt ? `The service does not answer: the last answer came at ${clock(lostAt)}. What stands below is from then.` : "The service does not answer.");
    at("state").className = "pill is-bad";
    at("state").replaceChildren(mark("bad", "No answer"), el("span", { class: "muted" }, "since " + clock(lostAt)));
    document.title = "✕ no answer" + (now ? " · " + clean(now.name) : "");
    icon("bad");
  }
  at("next").title = clean(failure.message);
}

function found(other) {
  failed = 0;
  if (lostAt) {
    const since = new Date();
    say(at("told"), `The service answers again, since ${clock(since)}, after ${duration(since - lostAt)}.` + (other ? " It is another process now." : ""));
    document.documentElement.classList.remove("lost");
    at("contact").className = "contact back";
    at("again").textContent = "Dismiss";
    say(at("next"), "");
    lostAt = null;
  }
  heardAt = new Date();
}

/** Says when it is tried next, on the clock rather than second by second where that is far off. */
function countdown() {
  if (!lostAt) return;
  const left = Math.max(0, Math.ceil((nextAt - Date.now()) / 1000));
  say(at("next"), `For ${duration(Date.now() - lostAt)} now; ` + (asking || left === 0 ? "trying …" : `next try in ${left} s.`));
}

at("again").addEventListener("click", () => {
  if (lostAt) ask(); else at("contact").hidden = true;
});
setInterval(() => { if (!document.hidden) countdown(); }, 1000);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    clearTimeout(timer);
    if (asking) asking.abort();
  } else {
    ask();
  }
});
addEventListener("online", ask);
ask();
